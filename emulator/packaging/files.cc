#include "packaging/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>

namespace offstage::packaging {
namespace {

namespace fs = std::filesystem;

// FNV-1a twice, with different starts: tells builds apart, and is no protection against anyone who
// wants two to look the same.
class Digest {
 public:
  void Add(std::string_view bytes) {
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      first_ = (first_ ^ byte) * kPrime;
      second_ = (second_ ^ (byte + 0x9eU)) * kPrime;
    }
    // So that "ab","c" differs from "a","bc".
    first_ = (first_ ^ bytes.size()) * kPrime;
    second_ = (second_ ^ bytes.size()) * kPrime;
  }
  std::string Text() const { return fmt::format("{:016x}{:016x}", first_, second_); }

 private:
  static constexpr std::uint64_t kPrime = 0x100000001b3ULL;
  std::uint64_t first_ = 0xcbf29ce484222325ULL;
  std::uint64_t second_ = 0x84222325cbf29ce4ULL;
};

bool Among(const std::vector<std::string_view>& names, const fs::path& path) {
  return std::find(names.begin(), names.end(), path.filename().string()) != names.end();
}

Error Failed(std::string_view what, const fs::path& path, const std::error_code& error) {
  return {fmt::format("cannot {} {}: {}", what, path.string(), error.message())};
}

constexpr int kMaxDepth = 64;  // Links may lead in circles.

// A link to a folder that holds it.
bool LeadsUp(const fs::path& link, const fs::path& from) {
  std::error_code error;
  const fs::path target = fs::canonical(link, error);
  const fs::path here = fs::canonical(from, error);
  return !error && std::mismatch(target.begin(), target.end(), here.begin(), here.end()).first ==
                       target.end();
}

Status CopyInto(const fs::path& from, const fs::path& to,
                const std::vector<std::string_view>& without, int depth) {
  std::error_code error;
  if (depth > kMaxDepth) {
    return Fail(Error{fmt::format("{}: folders nest too deeply", from.string())});
  }
  fs::create_directories(to, error);
  if (error) {
    return Fail(Failed("make", to, error));
  }
  for (fs::directory_iterator it(from, error), end; !error && it != end; it.increment(error)) {
    if (Among(without, it->path())) {
      continue;
    }
    const fs::path target = to / it->path().filename();
    std::error_code failed;
    if (it->is_symlink(failed) && LeadsUp(it->path(), from)) {
      continue;
    }
    if (it->is_directory(failed)) {
      OFFSTAGE_TRY_VOID(CopyInto(it->path(), target, without, depth + 1));
    } else if (it->is_regular_file(failed)) {
      fs::copy_file(it->path(), target, fs::copy_options::overwrite_existing, failed);
      if (failed) {
        return Fail(Failed("copy", it->path(), failed));
      }
    }
  }
  return error ? Status(Fail(Failed("read", from, error))) : Ok();
}

Status AddTree(const fs::path& folder, const std::string& relative,
               const std::vector<std::string_view>& without, Digest& digest, int depth) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    paths.push_back(it->path());
  }
  if (error || depth > kMaxDepth) {
    return Fail(Failed("read", folder, error));
  }
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    if (Among(without, path)) {
      continue;
    }
    const std::string name = relative + "/" + path.filename().string();
    if (fs::is_directory(path, error)) {
      OFFSTAGE_TRY_VOID(AddTree(path, name, without, digest, depth + 1));
      continue;
    }
    digest.Add(name);
    digest.Add(fmt::format("{}", static_cast<unsigned>(fs::status(path, error).permissions()) &
                                     static_cast<unsigned>(fs::perms::owner_exec)));
    std::ifstream file(path, std::ios::binary);
    std::vector<char> buffer(64 * 1024);
    while (file) {
      file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      digest.Add({buffer.data(), static_cast<std::size_t>(file.gcount())});
    }
  }
  return Ok();
}

}  // namespace

const std::vector<std::string_view>& NeverBuilt() {
  static const std::vector<std::string_view> kNames = {
      ".aws-sam",      ".offstage",   ".git",        ".gitignore",
      ".pytest_cache", "__pycache__", ".mypy_cache", ".DS_Store"};
  return kNames;
}

Status CopyTree(const fs::path& from, const fs::path& to,
                const std::vector<std::string_view>& without) {
  return CopyInto(from, to, without, 0);
}

Result<std::string> TreeDigest(const fs::path& folder,
                               const std::vector<std::string_view>& without) {
  Digest digest;
  OFFSTAGE_TRY_VOID(AddTree(folder, "", without, digest, 0));
  return digest.Text();
}

std::string TextDigest(const std::vector<std::string>& texts) {
  Digest digest;
  for (const std::string& text : texts) {
    digest.Add(text);
  }
  return digest.Text();
}

}  // namespace offstage::packaging
