# SPDX-License-Identifier: GPL-2.0-or-later
# turnpcap_warnings(TARGET): the warnings and sanitizers that every target is built with.
function(turnpcap_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wformat=2 -Wundef -Wvla -Wpointer-arith -Wwrite-strings)
  if(TURNPCAP_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(TURNPCAP_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${TURNPCAP_SANITIZE}
                           -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${TURNPCAP_SANITIZE})
  endif()
endfunction()
