using Microsoft.Win32.SafeHandles;

namespace SentinelHealth.Response.Custody;

/// <summary>
/// A file of equal cells that follow from the segments. What a crash left of it is compared with them while they are read again, so it
/// needs no flush of its own.
/// </summary>
internal sealed class DerivedFile : IDisposable
{
    private const int BufferCells = 4_096;

    private readonly string _path;
    private readonly int _cellBytes;
    private readonly SafeFileHandle _file;
    private readonly byte[] _buffer;
    private readonly bool _isReadOnly;
    private long _stored;
    private long _written;
    private int _pending;

    public DerivedFile(string path, int cellBytes, FileAccess access)
    {
        (_path, _cellBytes, _isReadOnly) = (path, cellBytes, access == FileAccess.Read);
        _file = File.OpenHandle(path, _isReadOnly ? FileMode.Open : FileMode.OpenOrCreate, access, FileShare.ReadWrite);
        _stored = RandomAccess.GetLength(_file) / cellBytes;
        _buffer = new byte[_isReadOnly ? 0 : BufferCells * cellBytes];
    }

    /// <summary>Whether a cell that was already there is not the one that belongs there. It was left as it is.</summary>
    public bool IsWrong { get; private set; }

    /// <summary>Adds the next cell; where the file has one already, compares.</summary>
    public void Append(ReadOnlySpan<byte> cell)
    {
        if (_written < _stored)
            Compare(cell);
        else
            Add(cell);
    }

    public void Flush()
    {
        if (_pending == 0)
            return;
        RandomAccess.Write(_file, _buffer.AsSpan(0, _pending * _cellBytes), _written * _cellBytes);
        _written += _pending;
        _stored = _written;
        _pending = 0;
    }

    /// <summary>A cell that has reached the file.</summary>
    /// <exception cref="InvalidDataException">The file is shorter.</exception>
    public void Read(long index, Span<byte> cell)
    {
        if (RandomAccess.Read(_file, cell, index * _cellBytes) != _cellBytes)
            throw new InvalidDataException($"{_path} ends before cell {index}.");
    }

    /// <summary>Drops whatever lies behind the last cell.</summary>
    public void Trim()
    {
        Flush();
        _stored = _written;
        RandomAccess.SetLength(_file, _written * _cellBytes);
    }

    public void Dispose() => _file.Dispose();

    private void Add(ReadOnlySpan<byte> cell)
    {
        cell.CopyTo(_buffer.AsSpan(_pending * _cellBytes));
        if (++_pending == BufferCells)
            Flush();
    }

    /// <summary>The buffer holds what the file has, from the last multiple of its size.</summary>
    private void Compare(ReadOnlySpan<byte> cell)
    {
        var at = (int)(_written % BufferCells);
        if (at == 0)
            RandomAccess.Read(_file, _buffer, _written * _cellBytes);
        IsWrong |= !cell.SequenceEqual(_buffer.AsSpan(at * _cellBytes, _cellBytes));
        _written++;
    }
}
