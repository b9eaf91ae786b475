using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Intake;

/// <summary>Cuts a JSON array into its elements while it streams by, holding one element at most.</summary>
/// <remarks>
/// It looks at brackets, commas and strings only: whether an element is well-formed is for the decoder to say, so one bad element
/// does not spoil its neighbours. The array itself is broken when it does not end, when something follows it, when an element is
/// missing, or when a brace closes more than was opened; all bytes from there on are then one remainder.
/// </remarks>
internal sealed class JsonArrayReader(Stream stream, NdjsonLimits limits) : IDisposable
{
    private readonly byte[] _chunk = new byte[64 * 1024];
    private readonly ElementBuffer _element = new(limits);
    private int _at;
    private int _end;
    private int _depth;
    private bool _isInString;
    private bool _isEscaped;
    private bool _hasEnded;
    private long _count;

    private enum Mark
    {
        None,
        ElementEnds,
        ArrayEnds,
        Broken,
    }

    /// <summary>The element last read, or the broken rest of the array. Numbered from 1.</summary>
    public NdjsonLine Current { get; private set; }

    /// <summary>Whether the array is broken; known once <see cref="ReadAsync"/> has returned false.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether the broken rest holds anything; it is then in <see cref="Current"/>.</summary>
    public bool HasRemainder { get; private set; }

    /// <summary>Moves to the next element; false at the end, or where the array breaks.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancel)
    {
        while (!IsBroken)
        {
            if (_at == _end && !await FillAsync(cancel))
                return _hasEnded ? false : await BreakAsync(cancel);
            var mark = Scan();
            if (mark == Mark.Broken)
                return await BreakAsync(cancel);
            if (mark != Mark.None && TakeElement(mark) is { } taken)
                return taken || await BreakAsync(cancel);
        }
        return false;
    }

    public void Dispose() => _element.Dispose();

    /// <summary>Walks to the next separator, keeping what lies before it. The separator is consumed, except a breaking one.</summary>
    private Mark Scan()
    {
        var start = _at;
        for (; _at < _end; _at++)
        {
            var mark = Step(_chunk[_at]);
            if (mark == Mark.None)
                continue;
            _element.Add(_chunk.AsSpan(start, _at - start));
            if (mark != Mark.Broken)
                _at++;
            return mark;
        }
        // White space outside the array belongs to nothing.
        if (_depth > 0)
            _element.Add(_chunk.AsSpan(start, _at - start));
        return Mark.None;
    }

    private Mark Step(byte value)
    {
        if (_isInString)
        {
            var closes = value == '"' && !_isEscaped;
            _isEscaped = value == '\\' && !_isEscaped;
            _isInString = !closes;
            return Mark.None;
        }
        if (_depth == 0)
            return OutsideArray(value);
        switch (value)
        {
            case (byte)'"':
                _isInString = true;
                return Mark.None;
            case (byte)'[' or (byte)'{':
                _depth++;
                return Mark.None;
            case (byte)']' or (byte)'}' when _depth > 1:
                _depth--;
                return Mark.None;
            case (byte)']':
                return Mark.ArrayEnds;
            case (byte)'}':
                return Mark.Broken;
            case (byte)',' when _depth == 1:
                return Mark.ElementEnds;
            default:
                return Mark.None;
        }
    }

    private Mark OutsideArray(byte value)
    {
        if (value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            return Mark.None;
        if (value != '[' || _hasEnded)
            return Mark.Broken;
        _depth = 1;
        _element.SkipNext();
        return Mark.None;
    }

    /// <summary>True when an element was taken, false when one is missing, null when the array ended without a further one.</summary>
    private bool? TakeElement(Mark mark)
    {
        if (mark == Mark.ArrayEnds)
            (_depth, _hasEnded) = (0, true);
        if (!_element.IsEmpty)
        {
            Current = _element.Take(++_count);
            return true;
        }
        return mark == Mark.ArrayEnds && _count == 0 ? null : false;
    }

    private async Task<bool> BreakAsync(CancellationToken cancel)
    {
        IsBroken = true;
        do
        {
            _element.Add(_chunk.AsSpan(_at, _end - _at));
            _at = _end;
        }
        while (await FillAsync(cancel));
        HasRemainder = !_element.IsEmpty;
        if (HasRemainder)
            Current = _element.Take(++_count);
        return false;
    }

    private async Task<bool> FillAsync(CancellationToken cancel)
    {
        _at = 0;
        _end = await stream.ReadAsync(_chunk, cancel);
        return _end > 0;
    }
}
