#include "lambda/archive.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <set>
#include <system_error>

#include "base/text.h"

namespace offstage::lambda {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 64 * 1024;

using Zip = std::unique_ptr<zip_t, decltype(&zip_discard)>;
using ZipFile = std::unique_ptr<zip_file_t, decltype(&zip_fclose)>;

// The parts of an entry's name, or empty when it would leave the folder.
std::vector<std::string> SafeParts(std::string name) {
  // Archives made on Windows.
  std::ranges::replace(name, '\\', '/');
  if (name.empty() || name.front() == '/' || name.find('\0') != std::string::npos) return {};
  std::vector<std::string> parts;
  for (const std::string_view part : Split(name, '/')) {
    if (part == "..") return {};
    if (!part.empty() && part != ".") parts.emplace_back(part);
  }
  return parts;
}

// One archive on its way into one folder.
class Unzipping {
 public:
  Unzipping(zip_t* zip, fs::path folder, const ArchiveLimits& limits)
      : zip_(zip), folder_(std::move(folder)), limits_(limits) {}

  Status Run() {
    const zip_int64_t count = zip_get_num_entries(zip_, 0);
    if (static_cast<std::uint64_t>(count) > limits_.max_entries) {
      return Fail(Error{fmt::format("it has {} entries, more than the {} that are unpacked", count,
                                    limits_.max_entries)});
    }
    for (zip_int64_t i = 0; i < count; ++i)
      OFFSTAGE_TRY_VOID(Extract(static_cast<zip_uint64_t>(i)));
    return Ok();
  }

 private:
  Status Extract(zip_uint64_t index) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(zip_, index, 0, &stat) != 0) return Fail(Error{zip_strerror(zip_)});
    const std::string name = stat.name;
    const std::vector<std::string> parts = SafeParts(name);
    if (parts.empty() && name != "./" && name != "/") {
      return Fail(Error{fmt::format("its entry '{}' would land outside the package", name)});
    }
    fs::path path = folder_;
    for (const std::string& part : parts) {
      if (links_.contains(path)) {
        return Fail(Error{fmt::format("its entry '{}' lies below a symbolic link", name)});
      }
      path /= part;
    }
    const mode_t mode = ModeOf(index);
    std::error_code error;
    if (name.ends_with('/') || S_ISDIR(mode)) {
      fs::create_directories(path, error);
      return error ? Failed(path, error) : Ok();
    }
    fs::create_directories(path.parent_path(), error);
    if (error) return Failed(path, error);
    if (S_ISLNK(mode)) return Link(index, name, path);
    return Write(index, name, path, mode);
  }

  static Status Failed(const fs::path& path, const std::error_code& error) {
    return Fail(Error{fmt::format("cannot write {}: {}", path.string(), error.message())});
  }

  mode_t ModeOf(zip_uint64_t index) {
    zip_uint8_t system = ZIP_OPSYS_UNIX;
    zip_uint32_t attributes = 0;
    zip_file_get_external_attributes(zip_, index, 0, &system, &attributes);
    return system == ZIP_OPSYS_UNIX ? static_cast<mode_t>(attributes >> 16) : 0;
  }

  // Calls `take(bytes)` for each block. The declared size is not believed.
  template <typename Take>
  Status Read(zip_uint64_t index, const std::string& name, const Take& take) {
    const ZipFile file(zip_fopen_index(zip_, index, 0), &zip_fclose);
    if (file == nullptr) {
      return Fail(Error{fmt::format("its entry '{}': {}", name, zip_strerror(zip_))});
    }
    std::array<char, kBlock> block;
    for (;;) {
      const zip_int64_t count = zip_fread(file.get(), block.data(), block.size());
      if (count < 0) return Fail(Error{fmt::format("its entry '{}' is damaged", name)});
      if (count == 0) return Ok();
      total_ += static_cast<std::uint64_t>(count);
      if (total_ > limits_.max_bytes) {
        return Fail(Error{fmt::format("unpacked it is larger than {} MB, Lambda's limit",
                                      limits_.max_bytes / 1024 / 1024)});
      }
      take(std::string_view(block.data(), static_cast<std::size_t>(count)));
    }
  }

  Status Link(zip_uint64_t index, const std::string& name, const fs::path& path) {
    std::string target;
    OFFSTAGE_TRY_VOID(Read(index, name, [&](std::string_view bytes) { target += bytes; }));
    const fs::path lands = (path.parent_path() / target).lexically_normal();
    const std::string inside = lands.lexically_relative(folder_).string();
    if (fs::path(target).is_absolute() || inside.empty() || inside.starts_with("..")) {
      return Fail(Error{fmt::format("its symbolic link '{}' leads out of the package", name)});
    }
    std::error_code error;
    fs::remove(path, error);
    fs::create_symlink(target, path, error);
    if (error) return Failed(path, error);
    links_.insert(path);
    return Ok();
  }

  Status Write(zip_uint64_t index, const std::string& name, const fs::path& path, mode_t mode) {
    if (links_.contains(path)) {
      return Fail(Error{fmt::format("its entry '{}' would be written through a link", name)});
    }
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    OFFSTAGE_TRY_VOID(Read(index, name, [&](std::string_view bytes) {
      file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }));
    file.close();
    if (!file) return Failed(path, std::error_code(errno, std::generic_category()));
    if ((mode & 0111) != 0) ::chmod(path.c_str(), 0755);
    return Ok();
  }

  zip_t* const zip_;
  const fs::path folder_;
  const ArchiveLimits limits_;
  std::uint64_t total_ = 0;
  std::set<fs::path> links_;
};

std::string Hash(const fs::path& path) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  std::ifstream file(path, std::ios::binary);
  std::array<char, kBlock> block;
  while (file.read(block.data(), block.size()), file.gcount() > 0)
    EVP_DigestUpdate(context.get(), block.data(), static_cast<std::size_t>(file.gcount()));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  std::string text;
  for (unsigned int i = 0; i < size; ++i)
    text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace

Status Unzip(const fs::path& archive, const fs::path& folder, const ArchiveLimits& limits) {
  int code = 0;
  const Zip zip(zip_open(archive.c_str(), ZIP_RDONLY, &code), &zip_discard);
  const std::string name = archive.string();
  if (zip == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    return Fail(Error{fmt::format("cannot unpack {}: {}", name, reason)});
  }
  const Status status = Unzipping(zip.get(), folder, limits).Run();
  std::error_code ignored;
  if (status.ok()) {
    fs::create_directories(folder, ignored);
    return Ok();
  }
  fs::remove_all(folder, ignored);
  return Fail(Error{fmt::format("cannot unpack {}: {}", name, status.error().message)});
}

Result<fs::path> ArchiveStore::Resolve(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return path;
  const auto written = fs::last_write_time(path, error);
  const auto size = fs::file_size(path, error);
  const MutexLock lock(mutex_);
  Known& known = known_[path];
  if (!known.folder.empty() && known.written == written && known.size == size) return known.folder;
  const fs::path folder = folder_ / Hash(path).substr(0, 32);
  if (!fs::is_directory(folder, error)) {
    // Under another name until it is whole: a process may be killed in between.
    const fs::path partial = folder.string() + fmt::format(".{}.part", ::getpid());
    fs::remove_all(partial, error);
    OFFSTAGE_TRY_VOID(Unzip(path, partial));
    fs::rename(partial, folder, error);
    if (error) {
      return Fail(Error{fmt::format("cannot write {}: {}", folder.string(), error.message())});
    }
  }
  known = {.written = written, .size = size, .folder = folder};
  return folder;
}

}  // namespace offstage::lambda
