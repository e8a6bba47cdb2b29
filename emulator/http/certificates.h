// A certificate authority of a deployment's own, and certificates signed by it. Private to http/.
#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "base/result.h"

namespace offstage::http {

template <auto Free>
struct OpenSslFree {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;
using CertificatePointer = std::unique_ptr<X509, OpenSslFree<X509_free>>;
using ContextPointer = std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>>;

// Thread-safe.
class CertificateAuthority {
 public:
  // Reads ca.pem and ca-key.pem of the folder, or makes them when they are missing, damaged or
  // about to expire; writes bundle.pem. Fails when the folder cannot be written.
  static Result<std::unique_ptr<CertificateAuthority>> Open(const std::filesystem::path& folder);

  // What a server shows for a host name. Lives as long as this.
  SSL_CTX* ContextFor(const std::string& host);

 private:
  CertificateAuthority(KeyPointer key, CertificatePointer certificate);

  const KeyPointer key_;
  const CertificatePointer certificate_;
  // Of every host's certificate: making one costs more than the rest.
  const KeyPointer host_key_;
  Mutex mutex_;
  std::map<std::string, ContextPointer> contexts_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::http
