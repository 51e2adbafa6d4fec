/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/comments.h"

#include "analyzer/pcapng/block.h"
#include "turn/report/printable.h"
#include "turn/report/words.h"

typedef struct proof {
    const turn_finding *finding;
    const turn_evidence *evidence;
} proof;

struct comments {
    const turn_report *found;
    const places *where;
    packet_words *words;
    GArray *proofs; /* of proof, by capture and frame */
};

static gint frame_order(gconstpointer a, gconstpointer b) {
    return places_compare(&((const proof *)a)->evidence->seen, &((const proof *)b)->evidence->seen);
}

static void note_proofs(comments *self) {
    const GPtrArray *findings = self->found->judgement->findings;

    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(findings, i);

        for (guint k = 0; k < finding->evidence->len; k++) {
            const proof added = {.finding = finding,
                                 .evidence = &g_array_index(finding->evidence, turn_evidence, k)};

            g_array_append_val(self->proofs, added);
        }
    }
    g_array_sort(self->proofs, frame_order);
}

comments *comments_new(const turn_report *found, const places *where, packet_words *words) {
    comments *self = g_new0(comments, 1);

    self->found = found;
    self->where = where;
    self->words = words;
    self->proofs = g_array_new(FALSE, FALSE, sizeof(proof));
    note_proofs(self);
    return self;
}

void comments_free(comments *self) {
    if (self == NULL) {
        return;
    }
    packet_words_free(self->words);
    g_array_unref(self->proofs);
    g_free(self);
}

static const char *direction(const turn_member *member) {
    if (member->part == TURN_PART_RELAY) {
        return member->outward ? "relay to peer" : "peer to relay";
    }
    return member->outward ? "client to server" : "server to client";
}

/* "Session 1: client to server over UDP". */
static char *session_words(const comments *self, const placed *at, const turn_member *member) {
    const guint number = places_number(self->where, member->session);
    g_autofree char *protocol = NULL;

    if (at->kind == PACKET_ICMP_ERROR) {
        return g_strdup_printf("Session %u", number);
    }
    if (member->part == TURN_PART_RELAY) {
        return g_strdup_printf("Session %u: %s", number, direction(member));
    }
    protocol = g_ascii_strup(turn_protocol_name(member->session->protocol), -1);
    return g_strdup_printf("Session %u: %s over %s", number, direction(member), protocol);
}

static void add_harmless(GPtrArray *texts, const char *text) {
    g_autofree char *safe = turn_printable_text(text);

    g_ptr_array_add(texts, g_strconcat(PCAPNG_OUR_COMMENT, safe, NULL));
}

static void add_member(const comments *self, const placed *at, const turn_member *member,
                       GPtrArray *texts) {
    g_autoptr(GString) details = g_string_new(NULL);
    g_autofree char *what = packet_words_of(self->words, at, member, details);
    g_autofree char *which = session_words(self, at, member);
    g_autofree char *line =
        g_strdup_printf("%s. %s%s%s%s.", what, which, details->len > 0 ? " (" : "", details->str,
                        details->len > 0 ? ")" : "");

    line[0] = g_ascii_toupper(line[0]);
    add_harmless(texts, line);
}

static void add_proof(const proof *of, GPtrArray *texts) {
    const turn_cause *cause = of->finding->cause;
    g_autofree char *line =
        g_strdup_printf("%s (%s): %s. Evidence: %s", turn_words_level(of->finding->level),
                        cause->identifier, cause->title, turn_evidence_alone(of->evidence));

    add_harmless(texts, line);
}

/* The first proof at SEEN or behind it. */
static guint first_proof(const comments *self, const turn_seen *seen) {
    guint low = 0;
    guint high = self->proofs->len;

    while (low < high) {
        const guint middle = low + (high - low) / 2;

        if (places_compare(&g_array_index(self->proofs, proof, middle).evidence->seen, seen) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The proof with number INDEX, if it is at SEEN; else NULL. */
static const proof *proof_at(const comments *self, guint index, const turn_seen *seen) {
    const proof *of = index < self->proofs->len ? &g_array_index(self->proofs, proof, index) : NULL;

    return of != NULL && places_compare(&of->evidence->seen, seen) == 0 ? of : NULL;
}

static void add_proofs(const comments *self, const turn_seen *seen, GPtrArray *texts) {
    const proof *of;

    for (guint i = first_proof(self, seen); (of = proof_at(self, i, seen)) != NULL; i++) {
        add_proof(of, texts);
    }
}

gboolean comments_findings(const comments *self, const turn_seen *seen, GHashTable *findings) {
    const guint first = first_proof(self, seen);
    const proof *of;

    for (guint i = first; (of = proof_at(self, i, seen)) != NULL; i++) {
        if (findings != NULL) {
            g_hash_table_add(findings, (gpointer)of->finding);
        }
    }
    return proof_at(self, first, seen) != NULL;
}

/* Of those in TEXTS from number BEFORE on. */
static void limit(GPtrArray *texts, guint before) {
    const guint count = texts->len - before;
    g_autofree char *rest = NULL;

    if (count > COMMENTS_MAX) {
        rest = g_strdup_printf("And %u more findings, which the report has.",
                               count - (COMMENTS_MAX - 1));
        g_ptr_array_set_size(texts, (gint)(before + COMMENTS_MAX - 1));
        add_harmless(texts, rest);
    }
}

void comments_add(const comments *self, const placed *at, GPtrArray *texts) {
    const guint before = texts->len;

    for (guint i = 0; i < at->count; i++) {
        add_member(self, at, &at->members[i], texts);
    }
    add_proofs(self, &at->seen, texts);
    limit(texts, before);
}
