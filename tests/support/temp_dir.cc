#include "support/temp_dir.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

namespace offstage::test {

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "offstage-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    std::cerr << "cannot make a temporary folder like " << pattern << "\n";
    std::abort();
  }
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TempDir::Write(std::string_view relative_path,
                                     std::string_view content) const {
  const std::filesystem::path file = path_ / relative_path;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    std::cerr << "cannot read " << path << "\n";
    std::abort();
  }
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace offstage::test
