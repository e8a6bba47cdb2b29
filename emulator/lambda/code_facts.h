// What GetFunctionConfiguration says of a function's code: CodeSize and CodeSha256.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "lambda/function_config.h"

namespace offstage::lambda {

struct CodeFacts {
  // Bytes of the zip file, or of all files when the code is no zip file.
  std::uint64_t size = 0;
  // SHA-256 in base64: of the zip file, as the service computes it; of a folder, which has no
  // package here, over its files' names and bytes, so that it changes when they do.
  std::string sha256;
};

// Reads the code; what cannot be read is left out. Thread-safe.
CodeFacts FactsOfCode(const FunctionConfig& function);

}  // namespace offstage::lambda
