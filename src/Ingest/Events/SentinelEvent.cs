using System.Text;
using System.Text.Json;

namespace SentinelHealth.Ingest.Events;

/// <summary>
/// One ledger transaction or biometric query, decoded: texts as unescaped UTF-8 with a 64-bit key each, numbers as doubles.
/// </summary>
/// <remarks>
/// An instance is a reusable buffer owned by one thread: a decoder refills it for each record, so nothing read from it may be
/// kept across records. Strings are made only where a person will read them (<see cref="TextOf"/>). Filling allocates nothing
/// once the buffer has grown to the size of the largest record seen (bounded by the decoder's record limit).
/// </remarks>
public sealed class SentinelEvent
{
    private const int TextFields = (int)TextField.LedgerTxId + 1;
    private const int NumberFields = (int)NumberField.LatencyMs + 1;

    private readonly (int Start, int Length)[] _texts = new (int, int)[TextFields];
    private readonly ulong[] _keys = new ulong[TextFields];
    private readonly double[] _numbers = new double[NumberFields];
    private byte[] _buffer = new byte[512];
    private int _bufferUsed;

    /// <summary>Which of the two formats the record had.</summary>
    public EventKind Kind { get; private set; }

    /// <summary>When it happened, by the clock of the system that reported it (UTC).</summary>
    public DateTimeOffset OccurredAt { get; private set; }

    /// <summary>Whether the capture device proved itself; null when not reported or not a biometric query.</summary>
    public bool? IsDeviceAttested { get; private set; }

    /// <summary>The whole record as received, unknown fields included. Valid as long as the caller's memory is.</summary>
    public ReadOnlyMemory<byte> Raw { get; private set; }

    /// <summary>The <c>args</c> object of a ledger transaction as JSON; empty when absent.</summary>
    public ReadOnlyMemory<byte> Args { get; private set; }

    /// <summary>A text field as unescaped UTF-8; empty when absent or null.</summary>
    public ReadOnlySpan<byte> Text(TextField field)
    {
        var (start, length) = _texts[(int)field];
        return _buffer.AsSpan(start, length);
    }

    /// <summary>A text field as a string, for people. Allocates.</summary>
    public string TextOf(TextField field) => Encoding.UTF8.GetString(Text(field));

    /// <summary>The 64-bit key of a text field (<see cref="StableHash"/>); 0 when absent or null.</summary>
    /// <remarks>Made when it is first asked for: most readers ask for a few of the fields.</remarks>
    public ulong Key(TextField field)
    {
        ref var key = ref _keys[(int)field];
        if (key == 0 && Has(field))
            key = StableHash.Of(Text(field));
        return key;
    }

    /// <summary>Whether a text field is present and not empty.</summary>
    public bool Has(TextField field) => _texts[(int)field].Length != 0;

    /// <summary>A numeric field; NaN when absent or null.</summary>
    public double Number(NumberField field) => _numbers[(int)field];

    /// <summary>Whether a text field equals a UTF-8 literal.</summary>
    public bool Is(TextField field, ReadOnlySpan<byte> value) => Text(field).SequenceEqual(value);

    /// <summary>
    /// Finds a string member of <c>args</c>. The value is copied unescaped into <paramref name="destination"/>.
    /// O(bytes of args), no allocation.
    /// </summary>
    /// <returns>The bytes written; empty when the member is absent, not a string or longer than the destination.</returns>
    public ReadOnlySpan<byte> ArgText(ReadOnlySpan<byte> name, Span<byte> destination)
    {
        var reader = new Utf8JsonReader(Args.Span);
        if (!Seek(ref reader, name) || reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > destination.Length)
            return default;
        return destination[..reader.CopyString(destination)];
    }

    /// <summary>The key of a string member of <c>args</c>; 0 when absent, not a string or over 256 bytes.</summary>
    public ulong ArgKey(ReadOnlySpan<byte> name)
    {
        Span<byte> buffer = stackalloc byte[256];
        return StableHash.Of(ArgText(name, buffer));
    }

    /// <summary>A numeric member of <c>args</c>; NaN when absent or not a number.</summary>
    public double ArgNumber(ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(Args.Span);
        return Seek(ref reader, name) && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value)
            ? value
            : double.NaN;
    }

    /// <summary>Positions a reader on the value of a member of <c>args</c>; for arrays and objects.</summary>
    public bool TrySeekArg(ReadOnlySpan<byte> name, out Utf8JsonReader reader)
    {
        reader = new Utf8JsonReader(Args.Span);
        return Seek(ref reader, name);
    }

    /// <summary>Empties the event for the next record.</summary>
    internal void Reset(EventKind kind, ReadOnlyMemory<byte> raw)
    {
        Kind = kind;
        Raw = raw;
        Args = default;
        OccurredAt = default;
        IsDeviceAttested = null;
        _bufferUsed = 0;
        Array.Clear(_texts);
        Array.Clear(_keys);
        Array.Fill(_numbers, double.NaN);
    }

    /// <summary>
    /// Makes this event equal to another, with memory of its own, so that it may be kept after the other is refilled.
    /// <see cref="Raw"/> and <see cref="Args"/> are left out: their memory belongs to whoever decoded the record.
    /// </summary>
    public void CopyFrom(SentinelEvent other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (Kind, OccurredAt, IsDeviceAttested) = (other.Kind, other.OccurredAt, other.IsDeviceAttested);
        (Raw, Args) = (default, default);
        other._texts.CopyTo(_texts, 0);
        other._keys.CopyTo(_keys, 0);
        other._numbers.CopyTo(_numbers, 0);
        if (_buffer.Length < other._bufferUsed)
            _buffer = new byte[other._buffer.Length];
        other._buffer.AsSpan(0, other._bufferUsed).CopyTo(_buffer);
        _bufferUsed = other._bufferUsed;
    }

    internal void SetKind(EventKind kind) => Kind = kind;

    internal void SetOccurredAt(DateTimeOffset at) => OccurredAt = at;

    internal void SetDeviceAttested(bool attested) => IsDeviceAttested = attested;

    internal void SetArgs(ReadOnlyMemory<byte> args) => Args = args;

    internal void SetNumber(NumberField field, double value) => _numbers[(int)field] = value;

    /// <summary>Stores the string the reader stands on, unescaped.</summary>
    internal void SetText(TextField field, ref Utf8JsonReader reader)
    {
        var room = Room(reader.HasValueSequence ? checked((int)reader.ValueSequence.Length) : reader.ValueSpan.Length);
        Keep(field, reader.CopyString(room));
    }

    /// <summary>Stores a text given as UTF-8.</summary>
    internal void SetText(TextField field, ReadOnlySpan<byte> value)
    {
        value.CopyTo(Room(value.Length));
        Keep(field, value.Length);
    }

    private Span<byte> Room(int length)
    {
        if (_buffer.Length - _bufferUsed < length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _bufferUsed + length));
        return _buffer.AsSpan(_bufferUsed);
    }

    private void Keep(TextField field, int length)
    {
        _texts[(int)field] = (_bufferUsed, length);
        _bufferUsed += length;
    }

    private bool Seek(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        // A reader of nothing throws instead of saying so.
        if (Args.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            if (!reader.Read())
                return false;
            if (found)
                return true;
            reader.Skip();
        }
        return false;
    }
}
