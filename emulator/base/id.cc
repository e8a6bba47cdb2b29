#include "base/id.h"

#include <array>

namespace offstage {

namespace {

std::string Draw(std::mt19937_64& generator, std::size_t length, std::string_view alphabet) {
  std::string text(length, '\0');
  std::uint64_t bits = 0;
  int left = 0;
  for (char& c : text) {
    if (left == 0) {
      bits = generator();
      left = 4;
    }
    c = alphabet[(bits & 0xffff) % alphabet.size()];
    bits >>= 16;
    --left;
  }
  return text;
}

std::mt19937_64& ThreadGenerator() {
  static thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return generator;
}

}  // namespace

std::string IdSource::Uuid() {
  std::string hex = Text(32, "0123456789abcdef");
  hex[12] = '4';
  hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) & 3];
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' +
         hex.substr(16, 4) + '-' + hex.substr(20);
}

std::string RandomIds::Text(std::size_t length, std::string_view alphabet) {
  return Draw(ThreadGenerator(), length, alphabet);
}

std::string SeededIds::Text(std::size_t length, std::string_view alphabet) {
  const MutexLock lock(mutex_);
  return Draw(generator_, length, alphabet);
}

}  // namespace offstage
