/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/ladder_lanes.h"

#include "analyzer/html/svg.h"

#include <string.h>

#define HEAD_TOP     8
#define LINE         15
#define ADDRESS_SIZE 12
/* Where the last lane ends, unless they would stand too close: as wide as text of 12 pixels may be
 * on a sheet of A4 to be 8 points high there. */
#define RIGHT       776
#define LEAST_SPACE 130
#define MOST_SPACE  340
#define MOST_HEAD   190

static void lane_clear(gpointer data) {
    ladder_lane *lane = data;

    g_free(lane->address);
    g_free(lane->note);
}

static char *address_text(const stun_address *address) {
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(address, text, sizeof text);
    return *text != '\0' ? g_strdup(text) : g_strdup("address not captured");
}

static void add(ladder_lanes *self, const char *role, char *address, char *note) {
    const ladder_lane lane = {.role = role, .address = address, .note = note};

    g_array_append_val(self->all, lane);
}

/* What the server is called on the other side of its NAT; NULL where it has one name. */
static char *server_note(const turn_session *session, const turn_report *found) {
    const turn_nat *nat = found->join != NULL ? found->join->matches->nat : NULL;
    const stun_address *known = &session->server;
    stun_address other;
    g_autofree char *text = NULL;

    if (nat == NULL) {
        return NULL;
    }
    other = turn_nat_inside(nat, TRUE, known);
    if (stun_address_equal(&other, known)) {
        other = turn_nat_outside(nat, TRUE, known);
    }
    if (stun_address_equal(&other, known)) {
        return NULL;
    }
    text = address_text(&other);
    return g_strdup_printf("NAT: %s", text);
}

static void add_session(ladder_lanes *self, const turn_session *session, const turn_report *found) {
    char *note = NULL;

    if (turn_session_behind_nat(session)) {
        g_autofree char *mapped = address_text(&session->mapped);

        note = g_strdup_printf("NAT: %s", mapped);
    }
    add(self, "Client", address_text(&session->client), note);
    add(self, "TURN server", address_text(&session->server), server_note(session, found));
    self->relay = 1;
    if (session->relayed->len > 0) {
        add(self, "Relayed address",
            address_text(&g_array_index(session->relayed, stun_address, 0)),
            session->relayed->len > 1 ? g_strdup_printf("and %u more", session->relayed->len - 1)
                                      : NULL);
        self->relay = 2;
    }
}

static gboolean is_at_server(const turn_report *found, const stun_address *address) {
    for (guint i = 0; i < found->model->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(found->model->sessions, i);

        if (stun_address_same_host(&session->server, address)) {
            return TRUE;
        }
        for (guint k = 0; k < session->relayed->len; k++) {
            if (stun_address_same_host(&g_array_index(session->relayed, stun_address, k),
                                       address)) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

static void add_pair(ladder_lanes *self, const turn_pair *pair, const turn_report *found) {
    const stun_address *ends[] = {&pair->a, &pair->b};

    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        add(self, is_at_server(found, ends[i]) ? "Port at the TURN server" : "Host",
            address_text(ends[i]), NULL);
    }
    self->relay = 0;
    self->peers = 1;
}

/* The lane of a peer's address; the shared one, where it is, for others. */
static guint lane_of_peer(const ladder_lanes *self, const stun_address *peer) {
    for (guint i = self->peers; i < self->all->len; i++) {
        if (stun_address_equal(&g_array_index(self->all, ladder_lane, i).peer, peer)) {
            return i;
        }
    }
    return self->all->len;
}

static void add_peers(ladder_lanes *self, const turn_ladder *ladder) {
    self->peers = self->all->len;
    for (guint i = 0; i < ladder->steps->len && !self->rest; i++) {
        const turn_step *step = g_ptr_array_index(ladder->steps, i);
        ladder_lane lane = {.role = "Peer", .peer = step->peer};

        if ((step->from != TURN_LANE_PEER && step->to != TURN_LANE_PEER) ||
            lane_of_peer(self, &step->peer) < self->all->len) {
            continue;
        }
        if (self->all->len - self->peers < LADDER_MAX_PEERS) {
            lane.address = address_text(&step->peer);
        } else {
            lane.role = "Other peers";
            self->rest = TRUE;
        }
        g_array_append_val(self->all, lane);
    }
}

static gint spacing(const ladder_lanes *self) {
    return CLAMP((RIGHT - self->left) / (gint)self->all->len, LEAST_SPACE, MOST_SPACE);
}

/* Of the head of a lane. */
static gint width_of(const ladder_lanes *self) {
    return MIN(spacing(self) - 8, MOST_HEAD);
}

ladder_lanes *ladder_lanes_new(const turn_ladder *ladder, const turn_report *found, gint from) {
    ladder_lanes *self = g_new0(ladder_lanes, 1);
    gint half;

    self->all = g_array_new(FALSE, FALSE, sizeof(ladder_lane));
    g_array_set_clear_func(self->all, lane_clear);
    if (ladder->session != NULL) {
        add_session(self, ladder->session, found);
        add_peers(self, ladder);
    } else {
        add_pair(self, ladder->pair, found);
    }
    self->left = from;
    half = width_of(self) / 2 + 4;
    for (guint i = 0; i < self->all->len; i++) {
        g_array_index(self->all, ladder_lane, i).x = from + half + (gint)i * spacing(self);
    }
    self->right = MAX(RIGHT, from + 2 * half + (gint)(self->all->len - 1) * spacing(self));
    return self;
}

void ladder_lanes_free(ladder_lanes *self) {
    if (self == NULL) {
        return;
    }
    g_array_unref(self->all);
    g_free(self);
}

const ladder_lane *ladder_lane_at(const ladder_lanes *self, guint index) {
    return &g_array_index(self->all, ladder_lane, index);
}

static guint lane_of(const ladder_lanes *self, const turn_step *step, turn_lane lane) {
    const gboolean beyond = step->from == TURN_LANE_PEER || step->to == TURN_LANE_PEER;

    switch (lane) {
    case TURN_LANE_CLIENT:
        return 0;
    case TURN_LANE_SERVER:
        return beyond ? self->relay : MIN(1, self->all->len - 1);
    default:
        return self->relay == 0 ? 1 : MIN(lane_of_peer(self, &step->peer), self->all->len - 1);
    }
}

guint ladder_lane_from(const ladder_lanes *self, const turn_step *step) {
    return lane_of(self, step, step->from);
}

guint ladder_lane_to(const ladder_lanes *self, const turn_step *step) {
    return lane_of(self, step, step->to);
}

char *ladder_lane_name(const ladder_lanes *self, guint index) {
    const ladder_lane *lane = ladder_lane_at(self, index);

    return (index >= self->peers && self->all->len > self->peers + 1 && lane->address != NULL) ||
                   self->relay == 0
               ? g_strdup_printf("%s %s", lane->role, lane->address)
               : g_strdup(lane->role);
}

char *ladder_lane_peer(const ladder_lanes *self, const turn_step *step) {
    const guint shared = self->all->len - 1;
    g_autofree char *peer = NULL;

    if (!self->rest || step->peer.family == STUN_FAMILY_NONE ||
        (ladder_lane_from(self, step) != shared && ladder_lane_to(self, step) != shared)) {
        return NULL;
    }
    peer = address_text(&step->peer);
    return g_strdup_printf("peer %s", peer);
}

/* The last colon or dot of LINE that does not begin it, its end where there is none. */
static gsize cut_at(const char *line) {
    gsize cut = strlen(line);

    for (gsize i = cut; i > 1; i--) {
        if (strchr(":. ", line[i - 1]) != NULL) {
            return i - 1;
        }
    }
    return cut;
}

/* An address with its port may take more than one line: it is cut before a colon or a dot. */
static GPtrArray *lines_of(const ladder_lanes *self, const char *address) {
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    const gsize most = (gsize)(width_of(self) - 12) * 100 / ((gsize)ADDRESS_SIZE * 61);
    GString *line = g_string_new(NULL);

    for (const char *at = address; at != NULL && *at != '\0'; at++) {
        if (line->len >= most) {
            const gsize cut = cut_at(line->str);
            GString *rest = g_string_new(line->str + cut);

            g_string_truncate(line, cut);
            g_ptr_array_add(lines, g_string_free(line, FALSE));
            line = rest;
        }
        g_string_append_c(line, *at);
    }
    g_ptr_array_add(lines, g_string_free(line, FALSE));
    return lines;
}

static guint lines_needed(const ladder_lanes *self) {
    guint most = 1;

    for (guint i = 0; i < self->all->len; i++) {
        const ladder_lane *lane = ladder_lane_at(self, i);
        g_autoptr(GPtrArray) address = lines_of(self, lane->address);
        g_autoptr(GPtrArray) note = lines_of(self, lane->note);

        most = MAX(most, 1 + address->len + (lane->note != NULL ? note->len : 0));
    }
    return most;
}

gint ladder_lanes_head(const ladder_lanes *self) {
    return HEAD_TOP + 10 + (gint)lines_needed(self) * LINE;
}

static gint draw_lines(GString *out, const char *classes, gint x, gint y, const GPtrArray *lines) {
    for (guint i = 0; i < lines->len; i++) {
        svg_text(out, classes, SVG_MIDDLE, x, y, g_ptr_array_index(lines, i));
        y += LINE;
    }
    return y;
}

gint ladder_lanes_draw(const ladder_lanes *self, GString *out, gint bottom) {
    const gint head = ladder_lanes_head(self);
    const gint width = width_of(self);

    for (guint i = 0; i < self->all->len; i++) {
        const ladder_lane *lane = ladder_lane_at(self, i);
        g_autoptr(GPtrArray) address = lines_of(self, lane->address);
        g_autoptr(GPtrArray) note = lines_of(self, lane->note);
        gint y = HEAD_TOP + LINE + 2;

        svg_line(out, "lifeline", lane->x, head, lane->x, bottom);
        svg_rect(out, "head", lane->x - width / 2, HEAD_TOP, width, head - HEAD_TOP);
        svg_text(out, "role", SVG_MIDDLE, lane->x, y, lane->role);
        y = draw_lines(out, "address", lane->x, y + LINE, address);
        if (lane->note != NULL) {
            draw_lines(out, "address", lane->x, y, note);
        }
    }
    return head;
}
