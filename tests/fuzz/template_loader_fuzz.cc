// A whole template: read as YAML or JSON, then resolved from a file in memory's place (/dev/shm
// where there is one). The limits of the reader hold; anything else is a crash or a hang.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/id.h"
#include "template/document.h"
#include "template/loader.h"

namespace {

const std::filesystem::path& TemplateFile() {
  static const std::filesystem::path kFile = [] {
    std::error_code error;
    const std::filesystem::path memory = "/dev/shm";
    const std::filesystem::path folder = std::filesystem::is_directory(memory, error)
                                             ? memory
                                             : std::filesystem::temp_directory_path();
    return folder / ("template-fuzz-" + std::to_string(::getpid()) + ".yaml");
  }();
  return kFile;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!offstage::templates::ParseDocument(text, "fuzz.yaml").ok()) {
    return 0;
  }
  std::ofstream(TemplateFile(), std::ios::binary) << text;
  offstage::SeededIds source(1);
  offstage::templates::IdRegistry ids(source);
  offstage::templates::LoadOptions options;
  options.template_file = TemplateFile();
  options.placeholders = size % 2 == 0;
  (void)offstage::templates::LoadStack(options, ids).ok();
  std::error_code error;
  std::filesystem::remove(TemplateFile(), error);
  return 0;
}
