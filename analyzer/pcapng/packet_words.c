/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/packet_words.h"

#include "analyzer/pcapng/icmp_words.h"
#include "stun/framing.h"
#include "turn/ladder_details.h"
#include "turn/message_values.h"

struct packet_words {
    GPtrArray *messages; /* of turn_logged, borrowed; by capture and frame */
};

packet_words *packet_words_new(void) {
    packet_words *self = g_new0(packet_words, 1);

    self->messages = g_ptr_array_new();
    return self;
}

void packet_words_free(packet_words *self) {
    if (self == NULL) {
        return;
    }
    g_ptr_array_unref(self->messages);
    g_free(self);
}

void packet_words_add_log(packet_words *self, const turn_ladder_log *log) {
    for (guint i = 0; log != NULL && i < log->messages->len; i++) {
        g_ptr_array_add(self->messages, &g_array_index(log->messages, turn_logged, i));
    }
}

static gint compare(const turn_logged *logged, const turn_seen *seen) {
    const turn_seen at = turn_seen_at(&logged->packet);

    return places_compare(&at, seen);
}

static gint frame_order(gconstpointer a, gconstpointer b) {
    const turn_logged *left = *(turn_logged *const *)a;
    const turn_logged *right = *(turn_logged *const *)b;

    const turn_seen at = turn_seen_at(&right->packet);

    return compare(left, &at);
}

void packet_words_sort(packet_words *self) {
    g_ptr_array_sort(self->messages, frame_order);
}

/* The first message of a frame; the number of messages when there is none. */
static guint first_message(const packet_words *self, const turn_seen *seen) {
    guint low = 0;
    guint high = self->messages->len;

    while (low < high) {
        const guint middle = low + (high - low) / 2;
        const turn_logged *logged = g_ptr_array_index(self->messages, middle);

        if (compare(logged, seen) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void add_address(GString *words, const char *before, const stun_address *address) {
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(address, text, sizeof text);
    if (*text != '\0') {
        g_string_append_printf(words, "%s%s", before, text);
    }
}

static void add_peer(GString *words, gboolean to_peer, const turn_peer *peer) {
    if (peer != NULL) {
        g_string_append(words, to_peer ? " to peer" : " from peer");
        add_address(words, " ", &peer->address);
    }
}

static void add_error(GString *words, const stun_message *message) {
    stun_error error;

    if (message->cls == STUN_ERROR && message_error(message, &error)) {
        g_autofree char *reason = message_text_of(error.reason, error.reason_length);

        g_string_append_printf(words, ", %u \"%s\"", error.code, reason);
    }
}

static void add_details(GString *details, const stun_message *message) {
    g_autoptr(GPtrArray) all = turn_ladder_details(message);

    for (guint i = 0; i < all->len; i++) {
        g_string_append_printf(details, "%s%s",
                               i > 0              ? ", "
                               : details->len > 0 ? "; "
                                                  : "",
                               (const char *)g_ptr_array_index(all, i));
    }
}

static void add_message(GString *words, const stun_message *message) {
    char name[64];

    stun_message_format_type(message, name, sizeof name);
    g_string_append(words, name);
    add_error(words, message);
}

static void add_logged(GString *words, GString *details, const turn_logged *logged) {
    if (words->len > 0) {
        g_string_append(words, "; ");
    }
    add_message(words, &logged->message);
    if (logged->carried.channel != 0) {
        g_string_append_printf(words, " in channel 0x%04x", logged->carried.channel);
    }
    add_peer(words, logged->carried.to_peer, logged->carried.peer);
    add_details(details, &logged->message);
}

static gboolean add_logged_of(const packet_words *self, const turn_seen *seen, GString *words,
                              GString *details) {
    const guint first = first_message(self, seen);
    guint i = first;

    for (; i < self->messages->len; i++) {
        const turn_logged *logged = g_ptr_array_index(self->messages, i);

        if (compare(logged, seen) != 0) {
            break;
        }
        if (i - first == PACKET_WORDS_MAX_MESSAGES) {
            g_string_append(words, "; and more");
            break;
        }
        add_logged(words, details, logged);
    }
    return i > first;
}

/* The latest binding of a channel number at SEEN. */
static const turn_peer *peer_of_channel(const turn_session *session, guint16 number,
                                        const turn_seen *seen) {
    const turn_peer *peer = NULL;

    for (guint i = 0; i < session->channels->len; i++) {
        const turn_channel *channel = &g_array_index(session->channels, turn_channel, i);

        if (channel->number == number && !turn_seen_after(&channel->request, seen)) {
            peer = channel->peer;
        }
    }
    return peer;
}

static void add_unit(GString *words, const stun_frame *frame, const placed *at,
                     const turn_member *member) {
    if (frame->kind != STUN_FRAME_CHANNEL_DATA) {
        g_string_append(words,
                        member->outward ? "relayed data to a peer" : "relayed data from a peer");
        return;
    }
    g_string_append(words, "relayed data");
    add_peer(words, member->outward, peer_of_channel(member->session, frame->channel, &at->seen));
    g_string_append_printf(words, " in channel 0x%04x", frame->channel);
}

/* What carries data for a peer in a message, RFC 8656 section 11. */
static void add_carrier(GString *words, const stun_message *message) {
    stun_address peer;
    const gboolean to_peer = message->method == STUN_METHOD_SEND;

    if ((to_peer || message->method == STUN_METHOD_DATA) && message_has(message, STUN_ATTR_DATA)) {
        g_string_append(words, "relayed data");
        if (message_address(message, STUN_ATTR_XOR_PEER_ADDRESS, &peer)) {
            add_address(words, to_peer ? " to peer " : " from peer ", &peer);
        }
        g_string_append(words, ", ");
    }
    add_message(words, message);
}

static void add_datagram(GString *words, const placed *at, const turn_member *member) {
    const turn_segment *segment = &at->segment;
    stun_message message;
    stun_frame frame;

    if (segment->bytes == NULL) {
        g_string_append(words, "UDP");
    } else if (stun_message_parse(segment->bytes, segment->captured, segment->reported, &message) !=
               STUN_NOT_STUN) {
        add_carrier(words, &message);
    } else if (member->part == TURN_PART_RELAY) {
        g_string_append(words, member->outward ? "relayed data to peer" : "relayed data from peer");
        add_address(words, " ",
                    member->peer != NULL ? &member->peer->address
                    : member->outward    ? &at->flow.destination
                                         : &at->flow.source);
    } else if (member->session->protocol == TURN_PROTOCOL_DTLS) {
        g_string_append(words, "encrypted (DTLS)");
    } else if (stun_frame_datagram(segment->bytes, segment->captured, segment->reported, &frame) !=
               STUN_NOT_STUN) {
        add_unit(words, &frame, at, member);
    } else if (member->session->has_active_destination) {
        g_string_append(words, member->outward ? "relayed data to the active destination"
                                               : "relayed data from the active destination");
    } else {
        g_string_append(words, "UDP between client and server");
    }
}

static const char *tcp_event(const turn_segment *segment) {
    if ((segment->flags & TURN_SEGMENT_SYN) != 0) {
        return (segment->flags & TURN_SEGMENT_ACK) != 0 ? "TCP SYN-ACK" : "TCP SYN";
    }
    if ((segment->flags & TURN_SEGMENT_RST) != 0) {
        return "TCP RST";
    }
    if ((segment->flags & TURN_SEGMENT_FIN) != 0) {
        return "TCP FIN";
    }
    return segment->reported > 0 ? "TCP data" : "TCP acknowledgement";
}

static void add_connection(GString *words, const turn_member *member) {
    switch (member->part) {
    case TURN_PART_CONTROL:
        g_string_append(words, " of the control connection");
        break;
    case TURN_PART_DATA:
        g_string_append(words, " of the data connection");
        if (member->peer != NULL) {
            add_address(words, " for peer ", &member->peer->address);
        }
        break;
    default:
        g_string_append(words, " of the connection between relayed address and peer");
        break;
    }
}

static void add_segment(GString *words, const placed *at, const turn_member *member) {
    g_string_append(words, at->segment.bytes != NULL ? tcp_event(&at->segment) : "TCP");
    add_connection(words, member);
}

static void add_part(GString *words, const placed *at) {
    if (at->fragment && at->offset == 0) {
        g_string_append(words, "first part of a datagram: ");
    } else if (at->fragment) {
        g_string_append_printf(words, "part of a datagram, from byte %u on: ", at->offset);
    }
}

char *packet_words_of(const packet_words *self, const placed *at, const turn_member *member,
                      GString *details) {
    g_autoptr(GString) words = g_string_new(NULL);
    g_autoptr(GString) messages = g_string_new(NULL);

    add_part(words, at);
    if (at->kind == PACKET_ICMP_ERROR) {
        icmp_words_add(words, &at->icmp, &at->flow);
    } else if (add_logged_of(self, &at->seen, messages, details)) {
        g_string_append(words, messages->str);
    } else if (at->kind == PACKET_UDP) {
        add_datagram(words, at, member);
    } else {
        add_segment(words, at, member);
    }
    return g_string_free(g_steal_pointer(&words), FALSE);
}
