/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/judgement.h"

#include "plugin/experts.h"
#include "plugin/frames.h"
#include "plugin/place.h"
#include "plugin/values.h"

#include "stun/fingerprint.h"

static int hf_dialect;
static int hf_padded;
static int hf_fingerprint;
static int hf_integrity;
static int hf_integrity_form;
static int hf_integrity_user;
static int hf_copy_of;
static int hf_attempt;
static int hf_bind;
static int hf_bound;
static int hf_data;
static int hf_peer;
static int ett_integrity = WS_ETT_INIT;

void mstun_judgement_register(void) {
    static hf_register_info fields[] = {
        {&hf_dialect,
         {"Dialect", "mstun.dialect", FT_STRING, BASE_NONE, NULL, 0,
          "The rules that the message follows", HFILL}},
        {&hf_padded,
         {"Attributes are padded", "mstun.padded", FT_BOOLEAN, BASE_NONE, NULL, 0,
          "To a multiple of 4 bytes", HFILL}},
        {&hf_fingerprint,
         {"Fingerprint", "mstun.fingerprint", FT_STRING, BASE_NONE, NULL, 0,
          "good, legacy (by the CRC table of Microsoft endpoints), bad or not checked", HFILL}},
        {&hf_integrity,
         {"Integrity", "mstun.integrity", FT_STRING, BASE_NONE, NULL, 0,
          "verified, failed or not checked", HFILL}},
        {&hf_integrity_form,
         {"Form", "mstun.integrity.form", FT_STRING, BASE_NONE, NULL, 0,
          "How the text of the HMAC was made", HFILL}},
        {&hf_integrity_user,
         {"User", "mstun.integrity.user", FT_STRING, BASE_NONE, NULL, 0, "Whose password fitted",
          HFILL}},
        {&hf_copy_of,
         {"Copy of frame", "mstun.copy_of", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "The same message with the other CRC", HFILL}},
        {&hf_attempt,
         {"Connection attempt", "mstun.connection_attempt_frame", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "ConnectionAttempt, or the answer to Connect", HFILL}},
        {&hf_bind,
         {"Connection bind", "mstun.connection_bind_frame", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "ConnectionBind Request", HFILL}},
        {&hf_bound,
         {"Connection bound", "mstun.connection_bound_frame", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "The answer to the ConnectionBind Request", HFILL}},
        {&hf_data,
         {"Connection data", "mstun.connection_data_frame", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "The first frame that the bound connection carried", HFILL}},
        {&hf_peer,
         {"Connection peer", "mstun.connection_peer", FT_STRING, BASE_NONE, NULL, 0,
          "Who is at the far end of the relayed connection", HFILL}},
    };
    static int *subtrees[] = {&ett_integrity};

    proto_register_field_array(proto_mstun, fields, (int)array_length(fields));
    proto_register_subtree_array(subtrees, (int)array_length(subtrees));
}

static proto_item *generated(proto_item *item) {
    proto_item_set_generated(item);
    return item;
}

static proto_item *add_text(const mstun_view *view, proto_tree *tree, int field, const char *text) {
    return generated(proto_tree_add_string(tree, field, view->tvb, 0, 0, text));
}

static void show_fingerprint(const mstun_view *view) {
    static const char *const texts[] = {
        [STUN_FINGERPRINT_GOOD] = "good",
        [STUN_FINGERPRINT_LEGACY] = "legacy",
        [STUN_FINGERPRINT_BAD] = "bad",
        [STUN_FINGERPRINT_UNKNOWN] = "not checked",
    };
    const stun_fingerprint fingerprint = stun_fingerprint_check(view->message);

    if (texts[fingerprint] == NULL) {
        return;
    }
    proto_item *item = add_text(view, view->tree, hf_fingerprint, texts[fingerprint]);

    if (fingerprint == STUN_FINGERPRINT_BAD) {
        expert_add_info(view->pinfo, item, mstun_expert_field(MSTUN_EXPERT_FINGERPRINT_BAD));
    } else if (fingerprint == STUN_FINGERPRINT_LEGACY) {
        expert_add_info(view->pinfo, item, mstun_expert_field(MSTUN_EXPERT_FINGERPRINT_LEGACY));
    }
}

static bool has_integrity(const stun_message *message) {
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr attr;

    while (stun_attr_iter_next(&iter, &attr)) {
        if (attr.info != NULL && attr.info->kind == STUN_KIND_HMAC) {
            return true;
        }
    }
    return false;
}

static void show_verified(const mstun_view *view, proto_item *item) {
    const mstun_note *note = view->note;
    proto_tree *tree = proto_item_add_subtree(item, ett_integrity);

    add_text(view, tree, hf_integrity_form, stun_integrity_text_name(note->integrity_text));
    if (note->integrity_user != NULL) {
        add_text(view, tree, hf_integrity_user, note->integrity_user);
    }
}

static void show_integrity(const mstun_view *view) {
    static const char *const texts[] = {
        [STUN_INTEGRITY_ABSENT] = "not checked",
        [STUN_INTEGRITY_VERIFIED] = "verified",
        [STUN_INTEGRITY_FAILED] = "failed",
        [STUN_INTEGRITY_UNKNOWN] = "not checked",
    };
    const stun_integrity integrity =
        view->note != NULL ? view->note->integrity : STUN_INTEGRITY_UNKNOWN;

    if (!has_integrity(view->message)) {
        return;
    }
    proto_item *item = add_text(view, view->tree, hf_integrity, texts[integrity]);

    if (integrity == STUN_INTEGRITY_VERIFIED) {
        show_verified(view, item);
    } else if (integrity == STUN_INTEGRITY_FAILED) {
        expert_add_info(view->pinfo, item, mstun_expert_field(MSTUN_EXPERT_INTEGRITY_FAILED));
    }
}

/* A link to FRAME, unless it was not seen or is the one that is shown. */
static proto_item *add_frame(const mstun_view *view, int field, uint32_t frame) {
    if (frame == 0 || frame == view->pinfo->num) {
        return NULL;
    }
    return generated(proto_tree_add_uint(view->tree, field, view->tvb, 0, 0, frame));
}

static void show_connection(const mstun_view *view, const turn_connection *connection) {
    if (connection == NULL) {
        return;
    }
    add_frame(view, hf_attempt, connection->attempt.frame);
    add_frame(view, hf_bind, connection->bind.frame);
    add_frame(view, hf_bound, connection->bind_answer.frame);
    add_frame(view, hf_data, mstun_frames_first_data(connection));
    if (connection->peer != NULL && connection->peer->address.family != STUN_FAMILY_NONE) {
        char peer[STUN_ADDRESS_TEXT];

        stun_address_format(&connection->peer->address, peer, sizeof peer);
        add_text(view, view->tree, hf_peer, peer);
    }
}

/* The first copy may stand in the same frame. */
static void show_copy(const mstun_view *view, uint32_t frame) {
    proto_item *item =
        generated(proto_tree_add_uint(view->tree, hf_copy_of, view->tvb, 0, 0, frame));

    proto_item_append_text(item, " (second copy that Microsoft endpoints send, with their other "
                                 "CRC table; not a retransmission)");
}

void mstun_judgement_show(const mstun_view *view) {
    const stun_message *message = view->message;
    const mstun_note *note = view->note;

    add_text(view, view->tree, hf_dialect, stun_dialect_name(message->dialect));
    generated(proto_tree_add_boolean(view->tree, hf_padded, view->tvb, 0, 0, message->padded));
    show_fingerprint(view);
    show_integrity(view);
    if (note == NULL) {
        return;
    }
    mstun_place_show(view->tvb, view->tree, &note->place);
    if (note->copy_of != 0) {
        show_copy(view, note->copy_of);
    }
    show_connection(view, note->connection);
}
