/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/points.h"

#include "analyzer/capture.h"
#include "analyzer/diagrams.h"
#include "analyzer/input.h"
#include "analyzer/points_choice.h"
#include "analyzer/reader.h"

#include <string.h>

/* One place. */
typedef struct point {
    turn_tracker *tracker;
    turn_ledger *ledger;
    GHashTable *senders; /* set of stun_address: hosts that packets come from */
    reader *reader;
    diagrams_source drawn; /* empty when nothing is drawn */
    turn_ladder_log *log;  /* NULL when messages are not kept */
    const turn_model *model;
    guint first; /* number of its first capture */
    guint count;
} point;

struct points {
    points_prepare prepare;
    gpointer data;
    gboolean diagrams;
    points_hooks hooks;
    points_choice chosen;
    gboolean keeps_messages;
    point at[TURN_POINT_COUNT]; /* with one place only the first is used */
    GPtrArray *captures;        /* of capture, as in the report */
    turn_join *join;
    turn_judgement *judgement;
    GPtrArray *held; /* of char: messages for the user that may turn out to be said twice; NULL when
                        they are said at once */
};

points *points_new(points_prepare prepare, gpointer data) {
    points *self = g_new0(points, 1);

    self->prepare = prepare;
    self->data = data;
    points_choice_init(&self->chosen);
    self->captures = g_ptr_array_new_with_free_func((GDestroyNotify)capture_free);
    return self;
}

void points_set_hooks(points *self, const points_hooks *hooks) {
    self->hooks = *hooks;
}

static void point_clear(point *of) {
    reader_free(of->reader);
    turn_ledger_free(of->ledger);
    g_clear_pointer(&of->senders, g_hash_table_destroy);
    diagrams_source_clear(&of->drawn);
    turn_ladder_log_free(of->log);
    turn_tracker_free(of->tracker);
    memset(of, 0, sizeof *of);
}

/* Forgets all that was read. */
static void points_clear(points *self) {
    g_clear_pointer(&self->judgement, turn_judgement_free);
    g_clear_pointer(&self->join, turn_join_free);
    for (gint i = 0; i < TURN_POINT_COUNT; i++) {
        point_clear(&self->at[i]);
    }
    g_ptr_array_set_size(self->captures, 0);
}

void points_keep_diagrams(points *self) {
    self->diagrams = TRUE;
}

void points_free(points *self) {
    if (self == NULL) {
        return;
    }
    points_clear(self);
    g_clear_pointer(&self->held, g_ptr_array_unref);
    g_ptr_array_unref(self->captures);
    points_choice_clear(&self->chosen);
    g_free(self);
}

void points_keep_messages(points *self) {
    self->keeps_messages = TRUE;
}

const turn_ladder_log *points_messages(const points *self, const char *name) {
    const gboolean second = g_strcmp0(name, turn_point_text(TURN_POINT_SERVER)) == 0;

    return self->at[self->chosen.places > 1 && second ? TURN_POINT_SERVER : TURN_POINT_CLIENT].log;
}

const char *points_path(const points *self, guint index) {
    return capture_get_info(g_ptr_array_index(self->captures, index))->name;
}

const char **points_files(const points *self) {
    const char **files = g_new0(const char *, (gsize)self->chosen.files->len + 1);

    for (guint i = 0; i < self->chosen.files->len; i++) {
        files[i] = g_array_index(self->chosen.files, points_file, i).path;
    }
    return files;
}

gboolean points_choose(points *self, char **at, char **files, GError **error) {
    g_autofree const char **chosen = NULL;

    if (!points_choice_make(&self->chosen, at, files, error)) {
        return FALSE;
    }
    chosen = points_files(self);
    return check_inputs(chosen, error);
}

/* MESSAGE with the path of the file that it begins with. Owned by the caller. */
static char *for_user(const points *self, const char *message) {
    for (guint i = 0; self->hooks.called != NULL && i < self->chosen.files->len; i++) {
        const char *path = g_array_index(self->chosen.files, points_file, i).path;
        g_autofree char *called = self->hooks.called(i, path);
        const gsize length = strlen(called);

        if (g_str_has_prefix(message, called) && message[length] == ':') {
            return g_strconcat(path, message + length, NULL);
        }
    }
    return g_strdup(message);
}

static void say(points *self, const GError *error) {
    g_autofree char *message = for_user(self, error->message);

    if (self->hooks.quiet) {
        return;
    }
    if (self->held != NULL) {
        g_ptr_array_add(self->held, g_steal_pointer(&message));
    } else {
        complain(message);
    }
}

static void point_begin(points *self, point *of) {
    of->tracker = turn_tracker_new();
    of->ledger = self->chosen.places > 1 ? turn_ledger_new() : NULL;
    of->reader = reader_new(of->tracker);
    of->first = self->captures->len;
    reader_count_from(of->reader, of->first);
    self->prepare(self->data, of->tracker);
    if (self->diagrams) {
        diagrams_source_begin(&of->drawn, of->tracker);
    }
    if (self->keeps_messages) {
        of->log = turn_ladder_log_new(of->tracker);
    }
    if (of->ledger != NULL) {
        of->senders = turn_hosts_new();
        reader_note_senders(of->reader, of->senders);
        turn_tracker_observe(of->tracker, turn_ledger_note, of->ledger);
    }
    if (self->hooks.begin != NULL) {
        self->hooks.begin(self->hooks.data, (guint)(of - self->at), of->tracker, of->reader);
    }
}

static capture *open_at(const points *self, const point *of, guint number, GError **error) {
    const char *path = g_array_index(self->chosen.files, points_file, number).path;

    return self->hooks.open != NULL
               ? self->hooks.open(self->hooks.data, (guint)(of - self->at), number, path, error)
               : open_file(path, error);
}

/* Opens the files from INDEX to before END, which are those of one place. */
static gboolean open_point(points *self, point *of, turn_report *found, guint index, guint end) {
    gboolean all = TRUE;

    for (; index < end; index++) {
        const points_file *file = &g_array_index(self->chosen.files, points_file, index);
        g_autoptr(GError) error = NULL;
        capture *from = open_at(self, of, index, &error);
        turn_report_capture *told;

        if (from == NULL) {
            say(self, error);
            all = FALSE;
            continue;
        }
        told = turn_report_capture_new(self->hooks.open != NULL ? capture_get_info(from)->name
                                                                : file->path);
        told->point = self->chosen.named ? turn_point_text(file->point) : NULL;
        g_ptr_array_add(found->captures, told);
        g_ptr_array_add(self->captures, from);
        reader_add(of->reader, from);
        of->count++;
    }
    return all;
}

typedef struct failure {
    points *self;
    turn_report *found;
} failure;

static void note_failure(gpointer data, guint index, const GError *error) {
    const failure *to = data;
    turn_report_capture *of = g_ptr_array_index(to->found->captures, index);

    say(to->self, error);
    g_ptr_array_add(of->warnings, g_strdup(error->message));
}

static void add_statistics(const point *of, turn_report *found) {
    for (guint i = of->first; i < of->first + of->count; i++) {
        note_statistics(g_ptr_array_index(found->captures, i),
                        reader_get_statistics(of->reader, i));
    }
}

static void point_read(points *self, point *of, turn_report *found) {
    failure to = {.self = self, .found = found};

    reader_run(of->reader, note_failure, &to);
    for (guint i = of->first; i < of->first + of->count; i++) {
        describe_capture(g_ptr_array_index(found->captures, i),
                         capture_get_info(g_ptr_array_index(self->captures, i)));
    }
    reader_finish(of->reader);
    of->model = turn_tracker_finish(of->tracker);
    add_statistics(of, found);
}

/* Where the files of the second place begin. */
static guint second_place(const points *self) {
    guint index = 0;

    if (self->chosen.places < 2) {
        return self->chosen.files->len;
    }
    while (g_array_index(self->chosen.files, points_file, index).point == TURN_POINT_CLIENT) {
        index++;
    }
    return index;
}

static gboolean read_all(points *self, turn_report *found) {
    const guint second = second_place(self);
    gboolean all = TRUE;

    for (guint i = 0; i < self->chosen.places; i++) {
        point_begin(self, &self->at[i]);
        all = open_point(self, &self->at[i], found, i == 0 ? 0 : second,
                         i == 0 ? second : self->chosen.files->len) &&
              all;
    }
    for (guint i = 0; i < self->chosen.places; i++) {
        point_read(self, &self->at[i], found);
    }
    return all;
}

/* Ethernet with two VLAN tags, IPv6, UDP and the STUN header: 96 bytes. */
#define SHORT_SNAP 96u

static turn_point point_of(const point *from, const turn_report *found) {
    turn_point result = {.model = from->model, .ledger = from->ledger, .senders = from->senders};

    for (guint i = from->first; i < from->first + from->count; i++) {
        const reader_statistics *statistics = reader_get_statistics(from->reader, i);
        const turn_report_capture *told = g_ptr_array_index(found->captures, i);

        result.cut |= told->packets_cut > 0 && told->snap_length < SHORT_SNAP;
        result.other_udp |= statistics->other_udp > 0;
        result.other_tcp |= statistics->other_tcp > 0;
        result.other |= statistics->other > 0;
    }
    return result;
}

static void name_captures(const point *of, turn_report *found, turn_point_name name) {
    for (guint i = of->first; i < of->first + of->count; i++) {
        turn_report_capture *told = g_ptr_array_index(found->captures, i);

        told->point = turn_point_text(name);
    }
}

static void swap_points(points *self) {
    const point first = self->at[0];

    self->at[0] = self->at[1];
    self->at[1] = first;
}

static void put_in_order(points *self, turn_report *found) {
    swap_points(self);
    name_captures(&self->at[TURN_POINT_CLIENT], found, TURN_POINT_CLIENT);
    name_captures(&self->at[TURN_POINT_SERVER], found, TURN_POINT_SERVER);
}

static const char *file_of(const point *of, const turn_report *found) {
    return ((const turn_report_capture *)g_ptr_array_index(found->captures, of->first))->file;
}

/* The user's word is good unless the captures prove the opposite. */
static void check_names(points *self, turn_report *found) {
    if (turn_matches_nearer(self->at[0].ledger, self->at[1].ledger) == TURN_NEARER_SECOND) {
        put_in_order(self, found);
        found->points_note = g_strdup_printf(
            "The two are taken the other way round than they were given: %s waits longer for the "
            "server's answers than %s, so that it is the client's.",
            file_of(&self->at[TURN_POINT_CLIENT], found),
            file_of(&self->at[TURN_POINT_SERVER], found));
    }
}

/* Whether two files without a name may be those of two places: both can be read again if not. */
static gboolean may_be_two(const points *self) {
    if (self->chosen.named || self->chosen.files->len != 2) {
        return FALSE;
    }
    for (guint i = 0; i < self->chosen.files->len; i++) {
        const char *path = g_array_index(self->chosen.files, points_file, i).path;

        if (g_str_equal(path, "-") || !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
            return FALSE;
        }
    }
    return TRUE;
}

static void forget(points *self, turn_report *found) {
    points_clear(self);
    g_ptr_array_set_size(found->captures, 0);
    if (found->messages != NULL) {
        g_ptr_array_set_size(found->messages, 0);
    }
}

static void say_held(points *self) {
    for (guint i = 0; i < self->held->len; i++) {
        complain(g_ptr_array_index(self->held, i));
    }
    g_clear_pointer(&self->held, g_ptr_array_unref);
}

/* Reads the two files as two places; FALSE, with nothing kept, when they are of one. */
static gboolean read_as_two(points *self, turn_report *found) {
    turn_nearer nearer = TURN_NEARER_UNKNOWN;

    self->chosen.places = 2;
    self->held = g_ptr_array_new_with_free_func(g_free);
    g_array_index(self->chosen.files, points_file, 1).point = TURN_POINT_SERVER;
    if (read_all(self, found)) {
        nearer = turn_matches_nearer(self->at[0].ledger, self->at[1].ledger);
    }
    if (nearer == TURN_NEARER_UNKNOWN) {
        g_clear_pointer(&self->held, g_ptr_array_unref);
        self->chosen.places = 1;
        g_array_index(self->chosen.files, points_file, 1).point = TURN_POINT_CLIENT;
        forget(self, found);
        return FALSE;
    }
    say_held(self);
    if (nearer == TURN_NEARER_SECOND) {
        put_in_order(self, found);
    } else {
        name_captures(&self->at[TURN_POINT_CLIENT], found, TURN_POINT_CLIENT);
        name_captures(&self->at[TURN_POINT_SERVER], found, TURN_POINT_SERVER);
    }
    found->points_note = g_strdup_printf(
        "Two capture points, found from what they contain: %s is the client's, %s the server's. "
        "Where that is wrong, say it with --at.",
        file_of(&self->at[TURN_POINT_CLIENT], found), file_of(&self->at[TURN_POINT_SERVER], found));
    return TRUE;
}

static void conclude(points *self, turn_report *found) {
    if (self->chosen.places > 1) {
        const turn_point client = point_of(&self->at[TURN_POINT_CLIENT], found);
        const turn_point server = point_of(&self->at[TURN_POINT_SERVER], found);

        self->join = turn_join_new(&client, &server);
        self->judgement = turn_judge_join(self->join);
        found->join = self->join;
        found->model = &self->join->model;
    } else {
        found->model = self->at[0].model;
        self->judgement = turn_judge(found->model);
    }
    found->judgement = self->judgement;
}

gboolean points_read(points *self, turn_report *found) {
    gboolean all = TRUE;

    if (!may_be_two(self) || !read_as_two(self, found)) {
        all = read_all(self, found);
    }
    if (found->captures->len == 0) {
        return FALSE;
    }
    if (self->chosen.places > 1 && (self->at[0].count == 0 || self->at[1].count == 0)) {
        /* Nothing of one place could be read: what is left is judged by itself. */
        if (self->at[0].count == 0) {
            swap_points(self);
        }
        self->chosen.places = 1;
    }
    if (self->chosen.places > 1 && self->chosen.named) {
        check_names(self, found);
    }
    conclude(self, found);
    if (self->diagrams) {
        diagrams_make(&self->at[TURN_POINT_CLIENT].drawn, &self->at[TURN_POINT_SERVER].drawn,
                      found);
    }
    return all;
}
