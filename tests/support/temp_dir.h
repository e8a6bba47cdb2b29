// TempDir: a fresh folder that is gone, with all it holds, at the end of the scope.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace offstage::test {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // Writes a file below the folder, with the folders on the way; returns its path.
  std::filesystem::path Write(std::string_view relative_path, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

// The whole file; fails the process when it cannot be read (a test's own fixture).
std::string ReadFile(const std::filesystem::path& path);

}  // namespace offstage::test
