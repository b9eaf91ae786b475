using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Addresses of a network, as texts.</summary>
internal static class SigmaAddress
{
    private const int BitsOfVersion4 = 32;

    private const int BytesOfVersion6 = 16, GroupsOfVersion6 = 8, GroupDigitsMax = 4;

    /// <summary>Whether a text is an address of the network. No allocation, but for version 6 in brackets.</summary>
    public static bool IsWithin(in IPNetwork network, ReadOnlySpan<byte> text)
    {
        if (network.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
            return text.Contains((byte)':') && IsWithinVersion6(network, text);
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        network.BaseAddress.TryWriteBytes(bytes, out _);
        var apart = BitsOfVersion4 - network.PrefixLength;
        return TryVersion4(text, out var number)
            && (apart == BitsOfVersion4 || (number ^ BinaryPrimitives.ReadUInt32BigEndian(bytes)) >> apart == 0);
    }

    private static bool IsWithinVersion6(in IPNetwork network, ReadOnlySpan<byte> text)
    {
        if (text[0] == '[')
            return IPAddress.TryParse(text, out var address) && network.Contains(address);
        // The zone says on which link of the host the address is meant; networks do not have one.
        if (text.IndexOf((byte)'%') is var zone and > 0)
            text = text[..zone];
        Span<byte> mine = stackalloc byte[BytesOfVersion6], other = stackalloc byte[BytesOfVersion6];
        network.BaseAddress.TryWriteBytes(other, out _);
        if (!TryVersion6(text, mine))
            return false;
        var (whole, rest) = Math.DivRem(network.PrefixLength, 8);
        return mine[..whole].SequenceEqual(other[..whole]) && (rest == 0 || (mine[whole] ^ other[whole]) >> (8 - rest) == 0);
    }

    /// <summary>Eight groups of up to four digits with colons between them, once perhaps with two where groups of zero are left out; the last two may be a version 4 address.</summary>
    private static bool TryVersion6(ReadOnlySpan<byte> text, Span<byte> address)
    {
        address.Clear();
        var (groups, gapAt) = (0, -1);
        if (text.StartsWith("::"u8))
        {
            gapAt = 0;
            text = text[2..];
        }
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)':');
            var group = end < 0 ? text : text[..end];
            if (end < 0 && group.Contains((byte)'.'))
            {
                if (groups > GroupsOfVersion6 - 2 || !TryVersion4(group, out var number))
                    return false;
                BinaryPrimitives.WriteUInt32BigEndian(address[(groups * 2)..], number);
                groups += 2;
                break;
            }
            if (groups == GroupsOfVersion6 || !TryGroup(group, address[(groups++ * 2)..]))
                return false;
            if (end < 0)
                break;
            text = text[(end + 1)..];
            if (text.IsEmpty || text[0] == ':')
            {
                if (text.IsEmpty || gapAt >= 0)
                    return false;
                gapAt = groups;
                text = text[1..];
            }
        }
        return gapAt < 0 ? groups == GroupsOfVersion6 : TryOpen(address, groups, gapAt);
    }

    /// <summary>Moves the groups behind the gap to the end.</summary>
    private static bool TryOpen(Span<byte> address, int groups, int gapAt)
    {
        if (groups >= GroupsOfVersion6)
            return false;
        var behind = (groups - gapAt) * 2;
        address.Slice(gapAt * 2, behind).CopyTo(address[^behind..]);
        address[(gapAt * 2)..^behind].Clear();
        return true;
    }

    private static bool TryGroup(ReadOnlySpan<byte> digits, Span<byte> bytes)
    {
        if (digits.Length is 0 or > GroupDigitsMax)
            return false;
        var value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return false;
            value = (value << 4) | (char.IsAsciiDigit((char)digit) ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return true;
    }

    /// <summary>Four numbers up to 255 with dots between them, and nothing else.</summary>
    private static bool TryVersion4(ReadOnlySpan<byte> text, out uint number)
    {
        number = 0;
        for (var part = 0; part < sizeof(uint); part++)
        {
            var end = part < sizeof(uint) - 1 ? text.IndexOf((byte)'.') : text.Length;
            if (end is < 1 or > 3 || !TryPart(text[..end], out var value))
                return false;
            number = (number << 8) | value;
            text = text[Math.Min(end + 1, text.Length)..];
        }
        return text.IsEmpty;
    }

    private static bool TryPart(ReadOnlySpan<byte> digits, out uint value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            value = (value * 10) + digit - '0';
        }
        return value <= byte.MaxValue;
    }
}
