#include "lambda/bootstrap_files.h"

#include <fstream>
#include <string>
#include <system_error>

namespace offstage::lambda {

Status WriteFile(const std::filesystem::path& path, std::string_view text) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) {
    return Fail(
        Error{"cannot write " + path.string() + ": choose another data folder with --data"});
  }
  return Ok();
}

Status WriteBootstrapFiles(const std::filesystem::path& folder) {
  for (const BootstrapFile& file : BootstrapFiles())
    OFFSTAGE_TRY_VOID(WriteFile(folder / file.name, file.text));
  return Ok();
}

}  // namespace offstage::lambda
