# Flags of our own code: warnings, sanitizers, coverage.
add_library(fovea_options INTERFACE)
target_compile_options(fovea_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow=local -Wnon-virtual-dtor $<$<BOOL:${FOVEA_WERROR}>:-Werror>
  -Wno-missing-field-initializers  # designated initialisers leave the rest to its defaults, on purpose
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>)  # false alarms of g++ 12 (PR 105651)
if(FOVEA_SANITIZE)
  add_compile_options(-fsanitize=${FOVEA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${FOVEA_SANITIZE})
endif()
if(FOVEA_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
