using System.Buffers.Text;
using System.Text;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Benchmarks.Throughput;

/// <summary>
/// Records of a simulated network, or of several copies of it that differ in every identifier of a person, a patient, a device, a
/// permission or a transaction. Each event happens in every copy before the next one happens in the first.
/// </summary>
/// <remarks>The simulator's largest network has about 125,000 people; a million are as many copies of a small one.</remarks>
internal sealed class NetworkCopies : IDisposable
{
    /// <summary>About so many events an active person causes a day in the simulated network; sizes the population.</summary>
    private const int EventsPerActorDay = 40;

    private const int ActorsOfOne = 500;
    private const int HexMin = 16;

    private static readonly byte[][] Own =
        [.. new[] { "patient:", "c-", "g-", "r-", "vc-", "bq-", "dev-", "s-" }.Select(Encoding.UTF8.GetBytes)];

    private readonly IEnumerator<SimulatedEvent> _events;
    private readonly int _copies;
    private int _copy;

    /// <summary>A network of about so many actors, from the hours on in which people work.</summary>
    public NetworkCopies(int actors, double days, int seed, DateTimeOffset? startAt = null)
    {
        _copies = actors <= 4 * ActorsOfOne ? 1 : Math.Max(1, actors / ActorsOfOne);
        var perDay = Math.Max(500, actors / _copies * EventsPerActorDay);
        var options = new SimulationOptions { Seed = seed, EventsPerDay = perDay, Days = days };
        if (_copies > 1)
            options = options with { StartAt = startAt ?? options.StartAt.AddHours(7), Attacks = ["none"] };
        _events = new HospitalSimulator(options).Events().GetEnumerator();
        _copy = _copies;
    }

    /// <summary>How many networks there are.</summary>
    public int Copies => _copies;

    /// <summary>Which network the last record was of.</summary>
    public int LastCopy => Math.Max(0, _copy - 1);

    /// <summary>The next records; fewer than asked for when the simulated time is over.</summary>
    public List<byte[]> Next(int count)
    {
        List<byte[]> records = new(count);
        while (records.Count < count)
        {
            if (_copy == _copies)
            {
                if (!_events.MoveNext())
                    break;
                _copy = 0;
            }
            records.Add(_copies == 1 ? _events.Current.Json : Copy(_events.Current.Json, _copy));
            _copy++;
        }
        return records;
    }

    public void Dispose() => _events.Dispose();

    /// <summary>The record with a copy's identifiers: long hexadecimal numbers begin otherwise, names get a suffix.</summary>
    private static byte[] Copy(ReadOnlySpan<byte> record, int copy)
    {
        Span<byte> room = stackalloc byte[8_192];
        var (from, to) = (0, 0);
        while (from < record.Length)
        {
            var quote = record[from..].IndexOf((byte)'"');
            var end = quote < 0 ? -1 : record[(from + quote + 1)..].IndexOf((byte)'"');
            var length = end < 0 ? record.Length - from : quote + 1 + end;
            record.Slice(from, length).CopyTo(room[to..]);
            if (end >= 0)
            {
                var text = room.Slice(to + quote + 1, end);
                to += length;
                if (!ShiftHex(text, copy) && HasOwn(text))
                    to += Suffix(room[to..], copy);
                room[to++] = (byte)'"';
                from += length + 1;
                continue;
            }
            (from, to) = (from + length, to + length);
        }
        return room[..to].ToArray();
    }

    private static bool HasOwn(ReadOnlySpan<byte> text)
    {
        foreach (var prefix in Own)
        {
            if (text.StartsWith(prefix))
                return true;
        }
        return false;
    }

    private static int Suffix(Span<byte> room, int copy)
    {
        room[0] = (byte)'.';
        Utf8Formatter.TryFormat(copy, room[1..], out var written);
        return written + 1;
    }

    /// <summary>Changes the first digits of a long hexadecimal number, each by a digit of the copy's number.</summary>
    private static bool ShiftHex(Span<byte> text, int copy)
    {
        var run = 0;
        for (var i = 0; i < text.Length; i++)
        {
            run = IsHex(text[i]) ? run + 1 : 0;
            if (run < HexMin)
                continue;
            for (var digit = i - HexMin + 1; copy > 0; digit++, copy >>= 4)
                text[digit] = "0123456789abcdef"u8[Digit(text[digit]) ^ (copy & 15)];
            return true;
        }
        return false;
    }

    private static bool IsHex(byte value) => value is >= (byte)'0' and <= (byte)'9' or >= (byte)'a' and <= (byte)'f';

    private static int Digit(byte value) => value <= '9' ? value - '0' : value - 'a' + 10;
}
