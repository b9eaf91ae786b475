using System.Globalization;
using System.Numerics;
using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Testing.Besu;

/// <summary>
/// A key on secp256k1, written from the curve's definition: the platform's signatures do not say which point they are about, which a
/// transaction must. For tests; it takes no care about timing.
/// </summary>
public sealed class SigningKey
{
    private static readonly BigInteger P = Number("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
    private static readonly BigInteger N = Number("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    private static readonly (BigInteger X, BigInteger Y) G = (
        Number("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
        Number("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"));

    private readonly BigInteger _secret;

    public SigningKey(string seed)
    {
        _secret = Unsigned(Keccak256.Hash(seed)) % N;
        var (x, y) = Times(_secret, G);
        PublicKey = [.. Bytes(x), .. Bytes(y)];
        Account = EvmAddress.Parse(Hex.Data(Keccak256.Hash(PublicKey).AsSpan(12)));
    }

    /// <summary>Both coordinates, 64 bytes.</summary>
    public byte[] PublicKey { get; }

    public EvmAddress Account { get; }

    /// <summary>Signs what a message hashes to: 32 bytes, 32 bytes and 27 or 28, as Web3Signer answers.</summary>
    public byte[] Sign(byte[] message)
    {
        var hash = Unsigned(Keccak256.Hash(message));
        var once = Unsigned(Keccak256.Hash([.. Bytes(_secret), .. message])) % N;
        var (x, y) = Times(once, G);
        var r = x % N;
        var s = BigInteger.ModPow(once, N - 2, N) * (hash + (r * _secret)) % N;
        return [.. Bytes(r), .. Bytes(s), (byte)(27 + (int)(y % 2))];
    }

    private static (BigInteger X, BigInteger Y) Times(BigInteger factor, (BigInteger X, BigInteger Y) point)
    {
        (BigInteger X, BigInteger Y)? sum = null;
        for (var left = factor; left > 0; left >>= 1)
        {
            if (!left.IsEven)
                sum = sum is { } so ? Plus(so, point) : point;
            point = Plus(point, point);
        }
        return sum!.Value;
    }

    private static (BigInteger X, BigInteger Y) Plus((BigInteger X, BigInteger Y) one, (BigInteger X, BigInteger Y) other)
    {
        var slope = one == other
            ? 3 * one.X * one.X * BigInteger.ModPow(2 * one.Y, P - 2, P)
            : (other.Y - one.Y) * BigInteger.ModPow(Positive(other.X - one.X), P - 2, P);
        var x = Positive((slope * slope) - one.X - other.X);
        return (x, Positive((slope * (one.X - x)) - one.Y));
    }

    private static BigInteger Positive(BigInteger value) => ((value % P) + P) % P;

    private static BigInteger Unsigned(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static BigInteger Number(string hex) => BigInteger.Parse("0" + hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static byte[] Bytes(BigInteger value)
    {
        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
