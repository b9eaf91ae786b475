using System.Security.Cryptography;
using System.Text.Json;

namespace SentinelHealth.Dashboard.Security.Providers;

/// <summary>A public key of an identity provider (RFC 7517): RSA or a NIST curve. Shared secrets and "none" are no keys here.</summary>
internal sealed class SigningKey
{
    private const int RsaBitsMin = 2_048;

    private readonly RSAParameters? _rsa;
    private readonly ECParameters? _curve;
    private readonly string _algorithm;

    private SigningKey(string id, string algorithm, RSAParameters? rsa, ECParameters? curve) =>
        (Id, _algorithm, _rsa, _curve) = (id, algorithm, rsa, curve);

    public string Id { get; }

    /// <summary>Reads a key; null when it is not one for signatures that is understood here.</summary>
    public static SigningKey? Read(JsonElement key)
    {
        var use = IdToken.Text(key, "use");
        if (use.Length > 0 && use != "sig")
            return null;
        var (id, algorithm) = (IdToken.Text(key, "kid"), IdToken.Text(key, "alg"));
        switch (IdToken.Text(key, "kty"))
        {
            case "RSA":
                var modulus = IdToken.Bytes(IdToken.Text(key, "n"));
                return modulus.Length * 8 < RsaBitsMin ? null : new SigningKey(id, algorithm, new RSAParameters
                {
                    Modulus = modulus,
                    Exponent = IdToken.Bytes(IdToken.Text(key, "e")),
                }, null);
            case "EC" when CurveOf(IdToken.Text(key, "crv")) is { } curve:
                return new SigningKey(id, algorithm, null, new ECParameters
                {
                    Curve = curve,
                    Q = new ECPoint { X = IdToken.Bytes(IdToken.Text(key, "x")), Y = IdToken.Bytes(IdToken.Text(key, "y")) },
                });
            default:
                return null;
        }
    }

    /// <summary>Whether a signature is this key's under an algorithm that fits the key.</summary>
    public bool Verifies(string algorithm, byte[] data, byte[] signature)
    {
        if ((_algorithm.Length > 0 && _algorithm != algorithm) || HashOf(algorithm) is not { } hash)
            return false;
        if (_rsa is { } parameters && algorithm[0] is ('R' or 'P'))
        {
            using var rsa = RSA.Create(parameters);
            var padding = algorithm[0] == 'R' ? RSASignaturePadding.Pkcs1 : RSASignaturePadding.Pss;
            return rsa.VerifyData(data, signature, hash, padding);
        }
        if (_curve is { } curve && algorithm[0] == 'E')
        {
            using var ecdsa = ECDsa.Create(curve);
            return ecdsa.KeySize == BitsOf(algorithm) && ecdsa.VerifyData(data, signature, hash);
        }
        return false;
    }

    private static HashAlgorithmName? HashOf(string algorithm) => algorithm switch
    {
        "RS256" or "PS256" or "ES256" => HashAlgorithmName.SHA256,
        "RS384" or "PS384" or "ES384" => HashAlgorithmName.SHA384,
        "RS512" or "PS512" or "ES512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static int BitsOf(string algorithm) => algorithm switch { "ES256" => 256, "ES384" => 384, _ => 521 };

    private static ECCurve? CurveOf(string name) => name switch
    {
        "P-256" => ECCurve.NamedCurves.nistP256,
        "P-384" => ECCurve.NamedCurves.nistP384,
        "P-521" => ECCurve.NamedCurves.nistP521,
        _ => null,
    };
}
