/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/ladder_caption.h"

#include <string.h>

#define TEXT_SIZE 13
/* Bold: wider than its size. */
#define BADGE_SIZE   13
#define BADGE_AROUND 11
#define BADGE_CROSS  12
#define BADGE_GAP    7
#define TICK_WIDTH   17
/* Between a name and what follows it. */
#define MORE_GAP 8
/* Words of others move, up to this length, to where there is room for them. */
#define LONG_TEXT 300

static gboolean is_filled(const ladder_row *row) {
    return row->outcome == LADDER_OUTCOME_ERROR || row->outcome == LADDER_OUTCOME_FAILURE ||
           row->outcome == LADDER_OUTCOME_LOST;
}

/* How far the text moves for the mark in front of it. */
static gint badge_width(const ladder_row *row) {
    g_autofree char *word = ladder_words_badge(row);

    if (row->outcome == LADDER_OUTCOME_SUCCESS) {
        return TICK_WIDTH;
    }
    return word != NULL ? svg_text_width(word, BADGE_SIZE) + BADGE_AROUND +
                              (is_filled(row) ? BADGE_CROSS : 0) + BADGE_GAP
                        : 0;
}

/* A mark in front of the text: a tick, or a box with a word. */
static void draw_badge(GString *out, const ladder_row *row, gint x, gint y) {
    g_autofree char *word = ladder_words_badge(row);
    const gboolean filled = is_filled(row);

    if (row->outcome == LADDER_OUTCOME_SUCCESS) {
        svg_path(out, "halo", "M%d %d l4 5 l7 -10", x, y - 5);
        svg_path(out, "shaft tick", "M%d %d l4 5 l7 -10", x, y - 5);
    }
    if (word == NULL) {
        return;
    }
    svg_rect(out, filled ? "badge fill" : "badge", x, y - 12, badge_width(row) - BADGE_GAP, 16);
    if (filled) {
        svg_path(out, "on cross", "M%d %d l7 7 m0 -7 l-7 7", x + 6, y - 7);
    }
    svg_text(out, filled ? "on" : "word", SVG_START, x + (filled ? 6 + BADGE_CROSS : 6), y, word);
}

void ladder_caption_clear(ladder_caption *text) {
    g_free(text->name);
    g_free(text->more);
    g_free(text->details);
}

/* Cuts TEXT at the last GAP where it fits into WIDTH. Returns what is behind it, "" when all fits;
 * owned by the caller. */
static char *cut_off(char *text, gint size, gint width, const char *gap) {
    const char *from = NULL;
    char *rest;

    if (svg_text_width(text, size) <= width) {
        return g_strdup("");
    }
    for (char *at = strstr(text, gap); at != NULL; at = strstr(at + 1, gap)) {
        g_autofree char *before = g_strndup(text, (gsize)(at - text));

        if (svg_text_width(before, size) > width) {
            break;
        }
        from = at;
    }
    rest = g_strdup(from != NULL ? from + strlen(gap) : text);
    text[from != NULL ? from - text : 0] = '\0';
    return rest;
}

static void put_in_front(char **text, const char *words) {
    char *both = g_strconcat(words, *words != '\0' && **text != '\0' ? ", " : "", *text, NULL);

    g_free(*text);
    *text = both;
}

/* Another's words, of any length, where they stand behind the name. */
static gboolean quotes(const ladder_row *row) {
    return row->kind == LADDER_ROW_STEP && row->step->reason != NULL && *row->step->reason != '\0';
}

/* At START, or further left where WIDTH has room only there. Where it has none, LEAST has. */
static gint place_of(const ladder_drawing *self, gint start, gint width, gint least) {
    const ladder_lanes *lanes = self->lanes;
    const gboolean fits = lanes->right - width >= lanes->left;

    return CLAMP(lanes->right - (fits ? width : least), lanes->left, start);
}

ladder_caption ladder_caption_of(ladder_drawing *self, const ladder_row *row, gint start) {
    const gint right = self->lanes->right;
    const gint badge = badge_width(row);
    ladder_caption text = {.name = ladder_words_name(row),
                           .more = ladder_words_more(self, row),
                           .details = ladder_words_details(self, row)};
    const gint name = svg_text_width(text.name, TEXT_SIZE);
    const gint more =
        *text.more != '\0' ? svg_text_width(text.more, LADDER_DETAIL_SIZE) + MORE_GAP : 0;
    g_autofree char *rest = NULL;
    g_autofree char *whole = g_steal_pointer(&text.more);

    if (row->outcome == LADDER_OUTCOME_NOTE) {
        text.x = start;
        text.more = g_strdup("");
        rest = cut_off(text.name, TEXT_SIZE, right - start - badge, " ");
    } else {
        text.x = place_of(self, start, badge + name + (quotes(row) ? MIN(more, LONG_TEXT) : more),
                          badge + name);
        rest = quotes(row) ? g_strdup("")
                           : cut_off(whole, LADDER_DETAIL_SIZE,
                                     right - text.x - badge - name - MORE_GAP, ", ");
        text.more =
            svg_fitting(whole, LADDER_DETAIL_SIZE, right - text.x - badge - name - MORE_GAP);
    }
    put_in_front(&text.details, rest);
    return text;
}

void ladder_caption_draw(const ladder_drawing *self, const ladder_row *row,
                         const ladder_caption *text, gint y) {
    const gint x = text->x + badge_width(row);
    g_autofree char *name = svg_fitting(text->name, TEXT_SIZE, self->lanes->right - x);

    draw_badge(self->out, row, text->x, y);
    svg_name(self->out, x, y, name, text->more);
}
