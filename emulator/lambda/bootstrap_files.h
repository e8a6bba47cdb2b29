// The language bootstraps, embedded in the program at build time.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "base/result.h"

namespace offstage::lambda {

struct BootstrapFile {
  // "python/bootstrap.py"
  std::string_view name;
  std::string_view text;
};

std::span<const BootstrapFile> BootstrapFiles();

// Writes them all below `folder`. Fails when it cannot be written.
Status WriteBootstrapFiles(const std::filesystem::path& folder);

// Writes one file with its folders. Fails when it cannot be written.
Status WriteFile(const std::filesystem::path& path, std::string_view text);

}  // namespace offstage::lambda
