#include "lambda/code_facts.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/check.h"
#include "base/text.h"

namespace offstage::lambda {
namespace {

namespace fs = std::filesystem;

class CodeDigest {
 public:
  CodeDigest() {
    OFFSTAGE_CHECK(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1,
                   "SHA-256 is always there");
  }
  void Add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  // Counts and digests a file's bytes.
  std::uint64_t AddFile(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::array<char, 64 * 1024> buffer;
    std::uint64_t size = 0;
    while (file.read(buffer.data(), buffer.size()), file.gcount() > 0) {
      const auto count = static_cast<std::size_t>(file.gcount());
      Add({buffer.data(), count});
      size += count;
    }
    return size;
  }
  std::string Base64() {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), bytes, &size);
    return Base64Encode({reinterpret_cast<const char*>(bytes), size});
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(),
                                                                   &EVP_MD_CTX_free};
};

std::vector<fs::path> FilesBelow(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator it(folder, options, error), end; it != end && !error;
       it.increment(error)) {
    std::error_code ignored;
    if (it->is_regular_file(ignored)) files.push_back(it->path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

CodeFacts FactsOfCode(const FunctionConfig& function) {
  CodeDigest digest;
  CodeFacts facts;
  std::error_code error;
  if (!function.inline_code.empty()) {
    digest.Add(function.inline_code);
    facts.size = function.inline_code.size();
  } else if (fs::is_regular_file(function.code, error)) {
    facts.size = digest.AddFile(function.code);
  } else {
    for (const fs::path& file : FilesBelow(function.code)) {
      digest.Add(file.lexically_relative(function.code).string());
      digest.Add(std::string_view("\0", 1));
      facts.size += digest.AddFile(file);
    }
  }
  facts.sha256 = digest.Base64();
  return facts;
}

}  // namespace offstage::lambda
