/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/svg.h"

#include "analyzer/html/markup.h"
#include "turn/report/printable.h"

#include <string.h>

/* Radius of the corners of all boxes. */
#define ROUNDED 3

static void number(GString *out, const char *name, gint value) {
    markup_number(out, name, value);
}

void svg_open(GString *out, const char *classes, const char *id, guint index, gint width,
              gint height) {
    markup_begin(out, "svg", classes);
    markup_attribute(out, "xmlns", "http://www.w3.org/2000/svg");
    markup_attributef(out, "viewBox", "0 0 %d %d", width, height);
    number(out, "width", width);
    number(out, "height", height);
    markup_attribute(out, "role", "img");
    markup_attributef(out, "aria-labelledby", "%s-%u-title %s-%u-desc", id, index, id, index);
    markup_end(out);
}

static void labelled(GString *out, const char *tag, const char *id, guint index, const char *part,
                     const char *text) {
    markup_begin(out, tag, NULL);
    markup_attributef(out, "id", "%s-%u-%s", id, index, part);
    markup_end(out);
    markup_text(out, text);
    markup_close(out, tag);
}

void svg_title(GString *out, const char *id, guint index, const char *title,
               const char *description) {
    labelled(out, "title", id, index, "title", title);
    labelled(out, "desc", id, index, "desc", description);
}

void svg_close(GString *out) {
    markup_close(out, "svg");
}

void svg_group(GString *out, const char *classes) {
    markup_open(out, "g", classes);
}

void svg_group_close(GString *out) {
    markup_close(out, "g");
}

void svg_line(GString *out, const char *classes, gint x1, gint y1, gint x2, gint y2) {
    markup_begin(out, "line", classes);
    number(out, "x1", x1);
    number(out, "y1", y1);
    number(out, "x2", x2);
    number(out, "y2", y2);
    markup_end_empty(out);
}

void svg_rect(GString *out, const char *classes, gint x, gint y, gint width, gint height) {
    markup_begin(out, "rect", classes);
    number(out, "x", x);
    number(out, "y", y);
    number(out, "width", MAX(width, 0));
    number(out, "height", MAX(height, 0));
    number(out, "rx", ROUNDED);
    markup_end_empty(out);
}

void svg_circle(GString *out, const char *classes, gint x, gint y, gint radius) {
    markup_begin(out, "circle", classes);
    number(out, "cx", x);
    number(out, "cy", y);
    number(out, "r", radius);
    markup_end_empty(out);
}

void svg_path(GString *out, const char *classes, const char *format, ...) {
    g_autofree char *path = NULL;
    va_list arguments;

    va_start(arguments, format);
    path = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    markup_begin(out, "path", classes);
    markup_attribute(out, "d", path);
    markup_end_empty(out);
}

/* What a style sheet may draw round the text lies behind it. An attribute, since the validator
 * knows it as no property. */
static void begin_text(GString *out, const char *classes, gint x, gint y) {
    markup_begin(out, "text", classes);
    number(out, "x", x);
    number(out, "y", y);
    markup_attribute(out, "paint-order", "stroke");
}

void svg_text(GString *out, const char *classes, svg_anchor anchor, gint x, gint y,
              const char *text) {
    static const char *const anchors[] = {
        [SVG_START] = "start", [SVG_MIDDLE] = "middle", [SVG_END] = "end"};

    begin_text(out, classes, x, y);
    if (anchor != SVG_START) {
        markup_attribute(out, "text-anchor", anchors[anchor]);
    }
    markup_end(out);
    markup_text(out, text);
    markup_close(out, "text");
}

void svg_name(GString *out, gint x, gint y, const char *name, const char *more) {
    begin_text(out, NULL, x, y);
    markup_end(out);
    markup_element(out, "tspan", "what", name);
    if (*more != '\0') {
        markup_begin(out, "tspan", "more");
        number(out, "dx", 8);
        markup_end(out);
        markup_text(out, more);
        markup_close(out, "tspan");
    }
    markup_close(out, "text");
}

/* Hundredths of the size of the font, for a letter of the average text. */
#define LETTER 60

/* As it will stand on the page: what is not printable takes more room there. */
gint svg_text_width(const char *text, gint size) {
    g_autofree char *shown = turn_printable_text(text);

    /* Rounded up, so that the text fits into what it is said to need. */
    return ((gint)MIN(g_utf8_strlen(shown, -1), 10000) * size * LETTER + 99) / 100;
}

char *svg_fitting(const char *text, gint size, gint width) {
    const glong most = MAX(width * 100 / (size * LETTER), 1);
    g_autofree char *shown = turn_printable_text(text);
    g_autofree char *cut = NULL;

    if (g_utf8_strlen(shown, -1) <= most) {
        return g_steal_pointer(&shown);
    }
    cut = g_utf8_substring(shown, 0, most - 1);
    return g_strconcat(g_strchomp(cut), "\xe2\x80\xa6", NULL);
}

/* A diamond, a triangle, a circle and a square: the shapes differ where colours do not. */
void svg_mark(GString *out, turn_level level, guint number_of, gint x, gint y) {
    g_autofree char *text = g_strdup_printf("%u", number_of);
    g_autofree char *classes = g_strdup_printf("finding-mark is-%s", turn_level_name(level));

    svg_group(out, classes);
    switch (level) {
    case TURN_LEVEL_FAILED:
        svg_path(out, "shape", "M%d %d l11 11 l-11 11 l-11 -11 z", x, y - 11);
        break;
    case TURN_LEVEL_DEGRADED:
        svg_path(out, "shape", "M%d %d l12 20 l-24 0 z", x, y - 13);
        break;
    case TURN_LEVEL_INCONCLUSIVE:
        svg_circle(out, "shape", x, y, 10);
        break;
    default:
        svg_rect(out, "shape", x - 9, y - 9, 18, 18);
    }
    svg_text(out, "number", SVG_MIDDLE, x, y + 4, text);
    svg_group_close(out);
}
