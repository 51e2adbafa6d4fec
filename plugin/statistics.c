/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/statistics.h"

#include "plugin/state.h"
#include "turn/report/printable.h"
#include "turn/report/report.h"

#include <epan/funnel.h>
#include <epan/stat_groups.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include <stdio.h>

#define REPORT_TITLE   "TURN Report"
#define SESSIONS_TITLE "TURN Sessions"

static int tap_handle;

void mstun_statistics_tap(packet_info *pinfo, const turn_session *session) {
    tap_queue_packet(tap_handle, pinfo, session);
}

/* Wireshark does not tell a dissector which file is open. */
static turn_report_capture *unnamed_capture(void) {
    const turn_streams *streams = mstun_state_streams();
    turn_report_capture *capture = turn_report_capture_new(NULL);

    capture->nanoseconds = mstun_state_has_nanoseconds();
    turn_report_warn(capture->warnings, TURN_REPORT_BYTES_MISSING, turn_streams_missing(streams));
    turn_report_warn(capture->warnings, TURN_REPORT_CONNECTIONS_DROPPED,
                     turn_streams_dropped(streams));
    return capture;
}

/* Owned by the caller; NULL when the capture is not over. */
static char *report_text(void) {
    g_autoptr(turn_report) report = NULL;

    mstun_state_revisit();
    if (mstun_state_judgement() == NULL) {
        return NULL;
    }
    report = turn_report_new(mstun_state_model(), mstun_state_judgement());
    g_ptr_array_add(report->captures, unnamed_capture());
    return turn_report_write_text(report, FALSE);
}

/* Windows are drawn again and again while packets come in, a terminal once, at the end. */
static gboolean is_at_the_end(void) {
    const funnel_ops_t *window_system = funnel_get_funnel_ops();

    return window_system == NULL || window_system->open_file == NULL;
}

static void draw_report(void *data) {
    g_autofree char *text = NULL;

    (void)data;
    if (is_at_the_end()) {
        mstun_state_conclude();
    }
    text = report_text();
    if (text != NULL) {
        fputs(text, stdout);
    }
}

static tap_packet_status count_nothing(void *data, packet_info *pinfo, epan_dissect_t *dissect,
                                       const void *tapped, tap_flags_t flags) {
    (void)data;
    (void)pinfo;
    (void)dissect;
    (void)tapped;
    (void)flags;
    return TAP_PACKET_DONT_REDRAW;
}

/* "frame", so that every packet is dissected, STUN or not. */
static ws_tap_begun begin_report(const char *argument, void *data) {
    GString *error;
    gboolean success;

    (void)argument;
    error = register_tap_listener("frame", data, NULL, TL_REQUIRES_NOTHING, NULL, count_nothing,
                                  draw_report, NULL);
    success = error == NULL;
    if (error != NULL) {
        fprintf(stderr, "mstun,report: %s\n", error->str);
        g_string_free(error, TRUE);
    }
    WS_RETURN_TAP_BEGUN(success);
}

static void open_report(gpointer data) {
    const funnel_ops_t *window_system = funnel_get_funnel_ops();
    g_autofree char *text = report_text();
    funnel_text_window_t *window;

    (void)data;
    if (window_system == NULL || window_system->new_text_window == NULL) {
        return;
    }
    window = window_system->new_text_window(window_system->ops_id, REPORT_TITLE);
    window_system->set_text(
        window, text != NULL ? text : "The report is made when the capture has been stopped.\n");
}

enum {
    COLUMN_NUMBER,
    COLUMN_CLIENT,
    COLUMN_SERVER,
    COLUMN_PROTOCOL,
    COLUMN_USER,
    COLUMN_ALLOCATE,
    COLUMN_RELAYED,
    COLUMN_PEERS,
    COLUMN_TO_PEERS,
    COLUMN_FROM_PEERS,
    COLUMN_COUNT
};

static stat_tap_table_item columns[COLUMN_COUNT] = {
    [COLUMN_NUMBER] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Session", "%u"},
    [COLUMN_CLIENT] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client", "%s"},
    [COLUMN_SERVER] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Server", "%s"},
    [COLUMN_PROTOCOL] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Over", "%s"},
    [COLUMN_USER] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "User", "%s"},
    [COLUMN_ALLOCATE] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Allocate", "%s"},
    [COLUMN_RELAYED] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Relayed address", "%s"},
    [COLUMN_PEERS] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Peers", "%u"},
    [COLUMN_TO_PEERS] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Bytes to peers", "%u"},
    [COLUMN_FROM_PEERS] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Bytes from peers", "%u"},
};

static void set_text(stat_tap_table_item_type *item, const char *text) {
    if (item->type == TABLE_ITEM_STRING) {
        g_free((char *)item->value.string_value);
    }
    item->type = TABLE_ITEM_STRING;
    item->value.string_value = turn_printable_text(text);
}

static void set_text_address(stat_tap_table_item_type *item, const stun_address *address) {
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(address, text, sizeof text);
    set_text(item, text);
}

static void set_number(stat_tap_table_item_type *item, guint64 number) {
    item->type = TABLE_ITEM_UINT;
    item->value.uint_value = (guint)MIN(number, G_MAXUINT);
}

/* Bytes to and from all peers, on whichever leg more was seen. */
static guint64 bytes_of(const turn_session *session, gboolean to_peer) {
    guint64 bytes = 0;

    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);
        const turn_direction *near = to_peer ? &peer->path.to_peer : &peer->path.from_peer;
        const turn_direction *far = to_peer ? &peer->relay_to : &peer->relay_from;

        bytes += MAX(near->bytes, far->bytes);
    }
    return bytes;
}

static void fill_row(stat_tap_table_item_type *row, const turn_session *session) {
    const stun_address none = {.family = STUN_FAMILY_NONE};

    set_number(&row[COLUMN_NUMBER], session->id);
    set_text_address(&row[COLUMN_CLIENT], &session->client);
    set_text_address(&row[COLUMN_SERVER], &session->server);
    set_text(&row[COLUMN_PROTOCOL], turn_protocol_name(session->protocol));
    set_text(&row[COLUMN_USER], session->username);
    set_text(&row[COLUMN_ALLOCATE], turn_outcome_name(turn_session_allocate_outcome(session)));
    set_text_address(&row[COLUMN_RELAYED], session->relayed->len > 0
                                               ? &g_array_index(session->relayed, stun_address, 0)
                                               : &none);
    set_number(&row[COLUMN_PEERS], session->peers->len);
    set_number(&row[COLUMN_TO_PEERS], bytes_of(session, TRUE));
    set_number(&row[COLUMN_FROM_PEERS], bytes_of(session, FALSE));
}

static tap_packet_status count_session(void *data, packet_info *pinfo, epan_dissect_t *dissect,
                                       const void *tapped, tap_flags_t flags) {
    const stat_data_t *statistic = data;
    const turn_session *session = tapped;
    stat_tap_table *table = g_array_index(statistic->stat_tap_data->tables, stat_tap_table *, 0);

    (void)pinfo;
    (void)dissect;
    (void)flags;
    while (table->num_elements < session->id) {
        stat_tap_table_item_type empty[COLUMN_COUNT] = {{.type = TABLE_ITEM_NONE}};

        stat_tap_init_table_row(table, table->num_elements, COLUMN_COUNT, empty);
    }
    fill_row(table->elements[session->id - 1], session);
    return TAP_PACKET_REDRAW;
}

static void free_item(stat_tap_table *table, guint row, guint column,
                      stat_tap_table_item_type *item) {
    (void)table;
    (void)row;
    (void)column;
    if (item->type == TABLE_ITEM_STRING) {
        g_free((char *)item->value.string_value);
    }
    item->type = TABLE_ITEM_NONE;
}

static void reset_sessions(stat_tap_table *table) {
    for (guint row = 0; row < table->num_elements; row++) {
        for (guint column = 0; column < table->num_fields; column++) {
            free_item(table, row, column, &table->elements[row][column]);
        }
    }
}

/* Wireshark begins again whenever its window is opened, a filter applied or a file loaded, and
 * keeps the table. */
static void begin_sessions(stat_tap_table_ui *statistic) {
    stat_tap_table *table = stat_tap_find_table(statistic, SESSIONS_TITLE);

    if (table != NULL) {
        reset_sessions(table);
    } else {
        stat_tap_add_table(statistic, stat_tap_init_table(SESSIONS_TITLE, COLUMN_COUNT, 0, NULL));
    }
}

void mstun_statistics_register(void) {
    static stat_tap_ui report = {.group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
                                 .title = REPORT_TITLE,
                                 .cli_string = "mstun,report",
                                 .tap_init_cb = begin_report};
    static tap_param parameters[] = {{PARAM_FILTER, "filter", "Filter", NULL, TRUE}};
    static stat_tap_table_ui sessions = {.group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
                                         .title = SESSIONS_TITLE,
                                         .tap_name = "mstun",
                                         .cli_string = "mstun,sessions",
                                         .stat_tap_init_cb = begin_sessions,
                                         .packet_func = count_session,
                                         .stat_tap_reset_table_cb = reset_sessions,
                                         .stat_tap_free_table_item_cb = free_item,
                                         .nfields = COLUMN_COUNT,
                                         .fields = columns,
                                         .nparams = G_N_ELEMENTS(parameters),
                                         .params = parameters};

    tap_handle = register_tap("mstun");
    register_stat_tap_ui(&report, NULL);
    register_stat_tap_table_ui(&sessions);
    funnel_register_menu(REPORT_TITLE, REGISTER_PACKET_STAT_GROUP_UNSORTED, open_report, NULL, NULL,
                         FALSE);
}
