// Trees of files: copied, and told apart by what they hold.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace offstage::packaging {

// Copies what `from` holds into `to`, which is made. Symbolic links are followed unless they lead
// to a folder above themselves. Names in `without` are left out at every depth.
Status CopyTree(const std::filesystem::path& from, const std::filesystem::path& to,
                const std::vector<std::string_view>& without);

// What no build takes along.
const std::vector<std::string_view>& NeverBuilt();

// 128 bits, in hexadecimal, of all names and contents below `folder` but those `without`.
Result<std::string> TreeDigest(const std::filesystem::path& folder,
                               const std::vector<std::string_view>& without);
// Of texts, one after another.
std::string TextDigest(const std::vector<std::string>& texts);

}  // namespace offstage::packaging
