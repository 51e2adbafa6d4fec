/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/secret.h"

#include "turn/hmac.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Terminals silently cut a line at this length: what is as long is no whole answer. Bytes. */
#define MAX_ANSWER      4095u
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

void secret_free(secret *text) {
    if (text != NULL) {
        turn_wipe(text, strlen(text));
    }
    g_free(text);
}

static gboolean fail(GError **error, int number, const char *file) {
    g_autofree char *name = g_filename_display_name(file);

    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number), "%s: %s", name,
                g_strerror(number));
    return FALSE;
}

/* Fills TEXT, of LIMIT + 1 bytes, as far as the file goes. */
static gboolean fill(int from, const char *file, char *text, gsize limit, gsize *length,
                     GError **error) {
    ssize_t count = 1;

    for (*length = 0; count > 0 && *length <= limit; *length += (gsize)MAX(count, 0)) {
        do {
            count = read(from, text + *length, limit + 1 - *length);
        } while (count < 0 && errno == EINTR);
        if (count < 0) {
            return fail(error, errno, file);
        }
    }
    return TRUE;
}

static gboolean check(const char *file, const char *text, gsize length, gsize limit,
                      GError **error) {
    g_autofree char *name = g_filename_display_name(file);

    if (length > limit) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: more than %" G_GSIZE_FORMAT " bytes: this is not a file of passwords",
                    name, limit);
        return FALSE;
    }
    if (memchr(text, '\0', length) != NULL) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: not plain text: save it as UTF-8 or ASCII", name);
        return FALSE;
    }
    return TRUE;
}

secret *secret_read(const char *file, gsize limit, GError **error) {
    const int from = open(file, O_RDONLY | O_CLOEXEC);
    char *text;
    gsize length = 0;
    gboolean is_good;

    if (from < 0) {
        fail(error, errno, file);
        return NULL;
    }
    text = g_malloc0(limit + 2);
    is_good =
        fill(from, file, text, limit, &length, error) && check(file, text, length, limit, error);
    close(from);
    if (!is_good) {
        turn_wipe(text, limit + 1);
        g_free(text);
        return NULL;
    }
    return text;
}

const char *secret_text(const secret *text) {
    return g_str_has_prefix(text, BYTE_ORDER_MARK) ? text + strlen(BYTE_ORDER_MARK) : text;
}

/* Signals that end or stop a program at its terminal. */
static const int caught[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGTSTP, SIGTTIN,
                             SIGTTOU, SIGUSR1, SIGUSR2, SIGALRM, SIGPIPE};

static volatile sig_atomic_t came;

static void on_signal(int number) {
    came = number;
}

static void catch_signals(struct sigaction *before) {
    struct sigaction ours = {.sa_handler = on_signal}; /* read() is to return */

    came = 0;
    sigemptyset(&ours.sa_mask);
    for (gsize i = 0; i < G_N_ELEMENTS(caught); i++) {
        sigaction(caught[i], &ours, &before[i]);
    }
}

static void release_signals(const struct sigaction *before) {
    for (gsize i = 0; i < G_N_ELEMENTS(caught); i++) {
        sigaction(caught[i], &before[i], NULL);
    }
}

static gboolean set_echo(int terminal, const struct termios *shown, gboolean on) {
    struct termios now = *shown;

    if (!on) {
        now.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    }
    return tcsetattr(terminal, TCSAFLUSH, &now) == 0;
}

/* Up to the end of the line; FALSE when a signal or the end of the input came first, or the line is
 * too long. */
static gboolean read_line(int terminal, char *answer) {
    gsize length = 0;

    while (came == 0 && length < MAX_ANSWER) {
        const ssize_t count = read(terminal, answer + length, 1);

        if (count == 0 || (count < 0 && errno != EINTR)) {
            return FALSE;
        }
        if (count > 0 && answer[length] == '\n') {
            answer[length] = '\0';
            return TRUE;
        }
        length += count > 0 ? 1 : 0;
    }
    return FALSE;
}

static void say(int terminal, const char *text) {
    const ssize_t written = write(terminal, text, strlen(text));

    (void)written; /* the question may be lost, the answer is not */
}

/* One round: the signal that cut it short, or 0. */
static int ask_once(int terminal, const char *question, char *answer, gboolean *is_whole) {
    struct sigaction before[G_N_ELEMENTS(caught)];
    struct termios shown;

    *is_whole = FALSE;
    if (tcgetattr(terminal, &shown) != 0) {
        return 0;
    }
    catch_signals(before);
    if (set_echo(terminal, &shown, FALSE)) {
        say(terminal, question);
        *is_whole = read_line(terminal, answer);
        say(terminal, "\n");
    }
    set_echo(terminal, &shown, TRUE);
    release_signals(before);
    return came;
}

static gboolean is_stop(int number) {
    return number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

secret *secret_ask(const char *question, GError **error) {
    const int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    char *answer = g_malloc0(MAX_ANSWER + 1);
    gboolean is_whole = FALSE;
    int number = SIGTSTP;

    while (terminal >= 0 && is_stop(number)) {
        turn_wipe(answer, MAX_ANSWER);
        number = ask_once(terminal, question, answer, &is_whole);
        if (number != 0) {
            raise(number); /* with the terminal as it was; after a stop, ask again */
        }
    }
    if (terminal >= 0) {
        close(terminal);
    }
    if (is_whole && *answer != '\0') {
        return answer;
    }
    turn_wipe(answer, MAX_ANSWER);
    g_free(answer);
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        terminal >= 0 ? "no password was entered"
                                      : "there is no terminal to ask for the password at: use "
                                        "--password-file FILE");
    return NULL;
}
