/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/list.h"

#include "turn/report/printable.h"
#include "turn/report/text_private.h"
#include "turn/report/wrap.h"

#include <string.h>

/* Columns between two cells. */
#define GAP 2u

static const struct {
    const char *name;
    const char *heading;
    guint rank;  /* the higher, the later it is placed; 0 is always there */
    gsize limit; /* widest it is shown; 0 as wide as it is */
    gboolean keeps_end;
    gboolean right;
} columns[TURN_LIST_COLUMNS] = {
    [TURN_LIST_FILE] = {"file", "File", 0, 40, TRUE, FALSE},
    [TURN_LIST_SESSION] = {"session", "No", 0, 0, FALSE, TRUE},
    [TURN_LIST_START] = {"start", "Start", 2, 0, FALSE, FALSE},
    [TURN_LIST_CLIENT] = {"client", "Client", 1, 0, FALSE, FALSE},
    [TURN_LIST_SERVER] = {"server", "Server", 3, 0, FALSE, FALSE},
    [TURN_LIST_TRANSPORT] = {"transport", "Over", 7, 0, FALSE, FALSE},
    [TURN_LIST_RELAY] = {"relay", "Relay", 8, 0, FALSE, FALSE},
    [TURN_LIST_USER] = {"user", "User", 4, 20, FALSE, FALSE},
    [TURN_LIST_ALLOCATE] = {"allocate", "Allocate", 6, 0, FALSE, FALSE},
    [TURN_LIST_PEERS] = {"peers", "Peers", 9, 0, FALSE, TRUE},
    [TURN_LIST_LEVEL] = {"level", "Verdict", 0, 0, FALSE, FALSE},
    [TURN_LIST_CAUSE] = {"cause", "Cause", 0, 0, FALSE, FALSE},
    [TURN_LIST_SECONDS] = {"seconds", "Seconds", 5, 0, FALSE, TRUE},
};

const char *turn_list_column_name(turn_list_column column) {
    return columns[column].name;
}

static void row_free(gpointer data) {
    turn_list_row *row = data;

    for (gsize i = 0; i < TURN_LIST_COLUMNS; i++) {
        g_free(row->cells[i]);
    }
    g_free(row);
}

turn_list *turn_list_new(void) {
    turn_list *self = g_new0(turn_list, 1);

    self->rows = g_ptr_array_new_with_free_func(row_free);
    return self;
}

void turn_list_free(turn_list *self) {
    if (self == NULL) {
        return;
    }
    g_ptr_array_unref(self->rows);
    g_free(self);
}

static char *address_text(const stun_address *address) {
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(address, text, sizeof text);
    return *text != '\0' ? g_strdup(text) : NULL;
}

static char *relay_text(const turn_session *session) {
    switch (session->relay_protocol) {
    case 17:
        return g_strdup("udp");
    case 6:
        return g_strdup("tcp");
    default:
        return NULL;
    }
}

/* Findings stand worst first; NULL when there is none about SESSION. */
static const turn_finding *worst(const turn_judgement *judgement, const turn_session *session) {
    for (guint i = 0; i < judgement->findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(judgement->findings, i);

        if (finding->session == session) {
            return finding;
        }
    }
    return NULL;
}

static turn_list_row *add_row(turn_list *self, const turn_report *report, guint32 capture) {
    turn_list_row *row = g_new0(turn_list_row, 1);

    if (capture < report->captures->len) {
        const turn_report_capture *of = g_ptr_array_index(report->captures, capture);

        row->cells[TURN_LIST_FILE] = g_strdup(of->file);
    }
    g_ptr_array_add(self->rows, row);
    return row;
}

static void set_verdict(turn_list_row *row, turn_level level, const turn_finding *finding) {
    row->cells[TURN_LIST_LEVEL] = g_strdup(turn_level_name(level));
    if (finding != NULL) {
        row->cells[TURN_LIST_CAUSE] = g_strdup(finding->cause->identifier);
    }
}

static void add_session(turn_list *self, const turn_report *report, const turn_session *session) {
    turn_list_row *row = add_row(self, report, session->first.capture);
    const turn_finding *finding = worst(report->judgement, session);
    const gint64 lasted = session->latest - session->earliest;
    char **cells = row->cells;

    cells[TURN_LIST_SESSION] = g_strdup_printf("%u", session->id);
    cells[TURN_LIST_START] = turn_report_time(report, session->first.capture, session->earliest);
    cells[TURN_LIST_CLIENT] = address_text(&session->client);
    cells[TURN_LIST_SERVER] = address_text(&session->server);
    cells[TURN_LIST_TRANSPORT] = g_strdup(turn_protocol_name(session->protocol));
    cells[TURN_LIST_RELAY] = relay_text(session);
    cells[TURN_LIST_USER] = g_strdup(session->username);
    cells[TURN_LIST_ALLOCATE] = g_strdup(turn_outcome_name(turn_session_allocate_outcome(session)));
    cells[TURN_LIST_PEERS] = g_strdup_printf("%u", session->peers->len);
    if (finding != NULL) {
        set_verdict(row, finding->level, finding);
    } else if (turn_session_works(session)) {
        set_verdict(row, TURN_LEVEL_HEALTHY, NULL);
    }
    /* Clocks are set back at times. */
    cells[TURN_LIST_SECONDS] = g_strdup_printf("%" G_GINT64_FORMAT ".%03" G_GINT64_FORMAT,
                                               MAX(lasted, 0) / G_GINT64_CONSTANT(1000000000),
                                               MAX(lasted, 0) / 1000000 % 1000);
}

/* Of two exit statuses the one that says more: a fault is worse than not knowing. */
static int worse_status(int a, int b) {
    if (a == 1 || b == 1) {
        return 1;
    }
    return MAX(a, b);
}

void turn_list_add(turn_list *self, const turn_report *report) {
    const GPtrArray *sessions = report->model->sessions;
    const turn_finding *beside = worst(report->judgement, NULL);

    for (guint i = 0; i < sessions->len; i++) {
        add_session(self, report, g_ptr_array_index(sessions, i));
    }
    if (beside != NULL) {
        const turn_seen *seen = beside->evidence->len > 0
                                    ? &g_array_index(beside->evidence, turn_evidence, 0).seen
                                    : NULL;
        turn_list_row *row = add_row(self, report, seen != NULL ? seen->capture : 0);

        set_verdict(row, beside->level, beside);
        if (seen != NULL) {
            row->cells[TURN_LIST_START] = turn_report_time(report, seen->capture, seen->time);
        }
    } else if (sessions->len == 0) {
        set_verdict(add_row(self, report, 0), report->judgement->level, NULL);
    }
    self->status = worse_status(self->status, turn_report_exit_status(report));
}

typedef struct layout {
    gsize widths[TURN_LIST_COLUMNS]; /* 0: left out */
    gboolean day;                    /* the sessions began on several days */
    gboolean folders;                /* files of one name lie in several folders */
    gsize file_limit;                /* widest that a file is shown */
} layout;

/* The name of a file is cut down to this before a column is left out: in 80 columns the client
 * then stands beside verdict and cause. */
#define NARROW_FILE 14u

/* The name behind the last slash; the whole path where there is none. */
static const char *name_of(const char *path) {
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;

    return slash != NULL ? slash + 1 : path;
}

/* Not so for a time that no calendar has. */
static gboolean is_time(const char *text) {
    return strlen(text) > strlen("2017-05-20T19:52:48") && text[strlen("2017-05-20")] == 'T';
}

/* The cell as text shows it: the day of a start, and the folder of a file, only where that tells
 * something. */
static char *shown(const turn_list_row *row, turn_list_column column, const layout *laid) {
    const char *cell = column == TURN_LIST_FILE && !laid->folders ? name_of(row->cells[column])
                                                                  : row->cells[column];
    g_autofree char *safe = turn_printable_text(cell != NULL ? cell : "-");
    const gsize limit = column == TURN_LIST_FILE ? laid->file_limit : columns[column].limit;
    const gboolean keeps_end = columns[column].keeps_end;

    if (column == TURN_LIST_START && is_time(safe)) {
        /* Either day, hour and minute or the whole time of day but its fraction. */
        char *time = strchr(safe, 'T');

        time[laid->day ? strlen("T19:52") : strlen("T19:52:48")] = '\0';
        *time = ' ';
        return g_strdup(laid->day ? safe : time + 1);
    }
    if (column == TURN_LIST_LEVEL) {
        return g_ascii_strup(safe, -1);
    }
    if (limit > 0 && turn_wrap_columns(safe) > limit) {
        char *from = safe;
        char *to = safe + strlen(safe);

        while (turn_wrap_columns(from) > limit - 3) {
            if (keeps_end) {
                from = g_utf8_next_char(from);
            } else {
                to = g_utf8_prev_char(to);
                *to = '\0';
            }
        }
        return keeps_end ? g_strconcat("...", from, NULL) : g_strconcat(from, "...", NULL);
    }
    return g_steal_pointer(&safe);
}

static gboolean several_days(const turn_list *self) {
    const char *first = NULL;

    for (guint i = 0; i < self->rows->len; i++) {
        const turn_list_row *row = g_ptr_array_index(self->rows, i);
        const char *start = row->cells[TURN_LIST_START];

        if (start != NULL && first != NULL && strncmp(first, start, strlen("2017-05-20")) != 0) {
            return TRUE;
        }
        first = first != NULL ? first : start;
    }
    return FALSE;
}

static gboolean several_files(const turn_list *self) {
    for (guint i = 1; i < self->rows->len; i++) {
        const turn_list_row *one = g_ptr_array_index(self->rows, i - 1);
        const turn_list_row *other = g_ptr_array_index(self->rows, i);

        if (g_strcmp0(one->cells[TURN_LIST_FILE], other->cells[TURN_LIST_FILE]) != 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean several_folders(const turn_list *self) {
    g_autoptr(GHashTable) paths = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < self->rows->len; i++) {
        const turn_list_row *row = g_ptr_array_index(self->rows, i);
        const char *path = row->cells[TURN_LIST_FILE];
        const char *known = path != NULL ? g_hash_table_lookup(paths, name_of(path)) : NULL;

        if (known != NULL && !g_str_equal(known, path)) {
            return TRUE;
        }
        if (path != NULL) {
            g_hash_table_insert(paths, (gpointer)name_of(path), (gpointer)path);
        }
    }
    return FALSE;
}

static gsize widest(const turn_list *self, turn_list_column column, const layout *laid) {
    gsize width = turn_wrap_columns(columns[column].heading);

    for (guint i = 0; i < self->rows->len; i++) {
        g_autofree char *text = shown(g_ptr_array_index(self->rows, i), column, laid);

        width = MAX(width, turn_wrap_columns(text));
    }
    return width;
}

static void measure(const turn_list *self, layout *laid) {
    for (gsize column = 0; column < TURN_LIST_COLUMNS; column++) {
        laid->widths[column] = widest(self, column, laid);
    }
    if (!several_files(self)) {
        laid->widths[TURN_LIST_FILE] = 0;
    }
}

static gsize total(const layout *laid) {
    gsize sum = 0;

    for (gsize column = 0; column < TURN_LIST_COLUMNS; column++) {
        sum += laid->widths[column] > 0 ? laid->widths[column] + GAP : 0;
    }
    return sum - GAP;
}

/* Leaves out the columns that find no room, what matters most being placed first, and names them in
 * LEFT_OUT. */
static void squeeze(layout *laid, gsize width, GString *left_out) {
    const layout wanted = *laid;

    for (gsize column = 0; column < TURN_LIST_COLUMNS; column++) {
        laid->widths[column] = columns[column].rank == 0 ? wanted.widths[column] : 0;
    }
    for (guint rank = 1; rank <= TURN_LIST_COLUMNS; rank++) {
        for (gsize column = 0; column < TURN_LIST_COLUMNS; column++) {
            if (columns[column].rank == rank &&
                total(laid) + GAP + wanted.widths[column] <= width) {
                laid->widths[column] = wanted.widths[column];
            }
        }
    }
    for (gsize column = 0; column < TURN_LIST_COLUMNS; column++) {
        if (laid->widths[column] < wanted.widths[column]) {
            g_string_append_printf(left_out, "%s%s", left_out->len > 0 ? ", " : "",
                                   columns[column].name);
        }
    }
}

/* What room is left goes to the names of files. */
static void widen(layout *laid, const turn_list *self, gsize width) {
    const gsize room = width > total(laid) ? width - total(laid) : 0;

    if (laid->widths[TURN_LIST_FILE] > 0) {
        laid->file_limit = MIN(laid->file_limit + room, columns[TURN_LIST_FILE].limit);
        laid->widths[TURN_LIST_FILE] = widest(self, TURN_LIST_FILE, laid);
    }
}

/* ROW is NULL for the headings. */
static void write_line(GString *out, const turn_list_row *row, const layout *laid,
                       gboolean colour) {
    gsize blanks = 0;

    for (gsize column = 0; column < TURN_LIST_COLUMNS; column++) {
        const gsize width = laid->widths[column];
        g_autofree char *text =
            row != NULL ? shown(row, column, laid) : g_strdup(columns[column].heading);
        const gsize used = turn_wrap_columns(text);

        if (width == 0) {
            continue;
        }
        blanks += columns[column].right ? width - used : 0;
        g_string_append_printf(out, "%*s", (int)blanks, "");
        if (colour && row != NULL && column == TURN_LIST_LEVEL) {
            text_coloured(out, row->cells[column], text);
        } else {
            g_string_append(out, text);
        }
        blanks = GAP + (columns[column].right ? 0 : width - used);
    }
    g_string_append_c(out, '\n');
}

char *turn_list_write_text(const turn_list *self, const turn_text_style *style) {
    const gsize width = style->width;
    GString *out = g_string_new(NULL);
    g_autoptr(GString) left_out = g_string_new(NULL);
    layout laid = {
        .day = several_days(self), .folders = several_folders(self), .file_limit = NARROW_FILE};

    measure(self, &laid);
    squeeze(&laid, width, left_out);
    widen(&laid, self, width);
    write_line(out, NULL, &laid, style->colour);
    for (guint i = 0; i < self->rows->len; i++) {
        write_line(out, g_ptr_array_index(self->rows, i), &laid, style->colour);
    }
    if (left_out->len > 0) {
        g_autofree char *note = g_strdup_printf(
            "Not shown for want of room: %s. --format tsv has every column.", left_out->str);

        g_string_append_c(out, '\n');
        turn_wrap_append_in(out, width, "", note);
    }
    return g_string_free(out, FALSE);
}

char *turn_list_write_tsv(const turn_list *self) {
    GString *out = g_string_new(NULL);

    for (gsize column = 0; column < TURN_LIST_COLUMNS; column++) {
        g_string_append_printf(out, "%s%s", column > 0 ? "\t" : "", columns[column].name);
    }
    g_string_append_c(out, '\n');
    for (guint i = 0; i < self->rows->len; i++) {
        const turn_list_row *row = g_ptr_array_index(self->rows, i);

        for (gsize column = 0; column < TURN_LIST_COLUMNS; column++) {
            g_autofree char *cell = turn_printable_cell(row->cells[column]);

            g_string_append_printf(out, "%s%s", column > 0 ? "\t" : "", cell);
        }
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}
