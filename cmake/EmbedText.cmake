# SPDX-License-Identifier: GPL-2.0-or-later
# Writes text files, one behind the other and without the line feed at the end, as an array of C. Run as
# cmake -DHEADER=a.h -DNAME=array -DOUTPUT=a.c "-DINPUTS=a.css;b.css" -P EmbedText.cmake
set(numbers "")
foreach(input ${INPUTS})
  file(READ ${input} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND numbers "${bytes}")
endforeach()
string(REGEX REPLACE "(0x0a,)+$" "" numbers "${numbers}")
# A line for each of the text: 0x0a ends it.
string(REPLACE "0x0a," "0x0a,\n" numbers "${numbers}")
file(WRITE ${OUTPUT} "#include \"${HEADER}\"\n\nconst char ${NAME}[] = {\n${numbers}0x00};\n")
