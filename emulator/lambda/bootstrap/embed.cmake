# Writes OUTPUT, a C++ file that holds the bootstraps FILES (relative to FOLDER) as text, so that the
# program needs nothing beside it. cmake -DOUTPUT=... -DFOLDER=... -DFILES=a,b -P embed.cmake
string(REPLACE "," ";" names "${FILES}")
set(rows "")
foreach(name IN LISTS names)
  file(READ "${FOLDER}/${name}" text)
  # Compilers limit one literal to 64 KB: adjacent ones are joined.
  set(literals "")
  string(LENGTH "${text}" length)
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 part)
    string(APPEND literals "R\"offstage~(${part})offstage~\"\n")
    math(EXPR at "${at} + 8000")
  endwhile()
  string(APPEND rows "    {\"${name}\",\n${literals}},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Generated from emulator/lambda/bootstrap.
#include \"lambda/bootstrap_files.h\"

namespace offstage::lambda {
namespace {

constexpr BootstrapFile kFiles[] = {
${rows}};

}  // namespace

std::span<const BootstrapFile> BootstrapFiles() { return kFiles; }

}  // namespace offstage::lambda
")
