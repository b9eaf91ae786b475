using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace SentinelHealth.Ingest.Evm;

/// <summary>
/// Keccak-256 as Ethereum uses it: the original Keccak submission's padding (0x01), not the one NIST standardized as SHA3-256.
/// </summary>
/// <remarks>Bertoni, Daemen, Peeters, Van Assche, "The Keccak reference" 3.0. O(bytes), one 32-byte allocation.</remarks>
public static class Keccak256
{
    private const int RateBytes = 136;
    private const int Rounds = 24;

    private static readonly ulong[] RoundConstants = BuildRoundConstants();

    /// <summary>Hashes bytes. Returns 32 bytes.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        Span<ulong> state = stackalloc ulong[25];
        state.Clear();
        for (; data.Length >= RateBytes; data = data[RateBytes..])
            Absorb(state, data[..RateBytes]);
        Span<byte> last = stackalloc byte[RateBytes];
        last.Clear();
        data.CopyTo(last);
        last[data.Length] ^= 0x01;
        last[^1] ^= 0x80;
        Absorb(state, last);
        var hash = new byte[32];
        for (var i = 0; i < 4; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(hash.AsSpan(i * 8), state[i]);
        return hash;
    }

    /// <summary>Hashes a text's UTF-8 bytes. Returns 32 bytes.</summary>
    public static byte[] Hash(string text) => Hash(Encoding.UTF8.GetBytes(text));

    private static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < RateBytes / 8; i++)
            state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(i * 8)..]);
        Permute(state);
    }

    private static void Permute(Span<ulong> a)
    {
        Span<ulong> column = stackalloc ulong[5];
        for (var round = 0; round < Rounds; round++)
        {
            for (var x = 0; x < 5; x++)
                column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
            for (var x = 0; x < 5; x++)
            {
                var mix = column[(x + 4) % 5] ^ BitOperations.RotateLeft(column[(x + 1) % 5], 1);
                for (var y = 0; y < 25; y += 5)
                    a[x + y] ^= mix;
            }
            RotateAndMove(a);
            for (var y = 0; y < 25; y += 5)
            {
                a.Slice(y, 5).CopyTo(column);
                for (var x = 0; x < 5; x++)
                    a[x + y] = column[x] ^ (~column[(x + 1) % 5] & column[(x + 2) % 5]);
            }
            a[0] ^= RoundConstants[round];
        }
    }

    /// <summary>The rho and pi steps: the lane walk (x, y) -> (y, 2x + 3y) with rotations by triangular numbers.</summary>
    private static void RotateAndMove(Span<ulong> a)
    {
        var (x, y) = (1, 0);
        var lane = a[1];
        for (var t = 1; t <= 24; t++)
        {
            (x, y) = (y, ((2 * x) + (3 * y)) % 5);
            var place = x + (5 * y);
            (lane, a[place]) = (a[place], BitOperations.RotateLeft(lane, t * (t + 1) / 2 % 64));
        }
    }

    /// <summary>The iota constants from their defining shift register x^8 + x^6 + x^5 + x^4 + 1, so that no table can be mistyped.</summary>
    private static ulong[] BuildRoundConstants()
    {
        var constants = new ulong[Rounds];
        var register = 1;
        foreach (ref var constant in constants.AsSpan())
        {
            for (var j = 0; j < 7; j++)
            {
                if ((register & 1) != 0)
                    constant |= 1UL << ((1 << j) - 1);
                register <<= 1;
                if ((register & 0x100) != 0)
                    register ^= 0x171;
            }
        }
        return constants;
    }
}
