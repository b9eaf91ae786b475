using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;

namespace SentinelHealth.Ingest.Sources;

/// <summary>Tails a file of native events, one a line.</summary>
/// <remarks>
/// The position is stored after the intake has made a batch durable: a crash in between repeats that batch, and deduplication
/// removes it. An unfinished last line waits. When the file is renamed and replaced, the old one is read to its end first, also if
/// that happened several times while nobody was reading, as long as the old ones stand beside the new one as <c>name.*</c>
/// uncompressed and each was last written later than the one before. When it is cut, reading starts again at its beginning; what was
/// cut off unread is gone. Faults of the disk or the intake end <see cref="RunAsync"/>; it may be run again.
/// </remarks>
public sealed class FileSource : ISource
{
    private readonly FileSourceOptions _options;
    private readonly RotatedFiles _rotated;
    private readonly ILogger<FileSource> _logger;
    private readonly Func<CancellationToken, Task> _waitForGrowth;

    /// <summary>A source that is not yet reading.</summary>
    /// <param name="options">The file and the bounds.</param>
    /// <param name="clock">Times the looks at the end of the file.</param>
    /// <param name="logger">Told of rotations and of possible gaps.</param>
    /// <exception cref="ValidationException">An option is missing or out of its range.</exception>
    public FileSource(FileSourceOptions options, TimeProvider clock, ILogger<FileSource> logger)
        : this(options, cancel => Task.Delay(options.PollInterval, clock, cancel), logger)
    {
    }

    internal FileSource(FileSourceOptions options, Func<CancellationToken, Task> waitForGrowth, ILogger<FileSource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        _options = options;
        _rotated = new RotatedFiles(options.Path);
        _logger = logger;
        _waitForGrowth = waitForGrowth;
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public async Task RunAsync(IIntake intake, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(intake);
        var position = FilePosition.Load(_options.PositionPath);
        await WaitForFileAsync(cancel);
        while (true)
        {
            position = await ReadRotatedAsync(intake, position, cancel);
            using var file = RotatedFiles.Open(_options.Path);
            if (!position.IsIn(file.SafeFileHandle))
            {
                var isKnown = _rotated.TryFind(position, MayGrow(file), out var missed);
                // Renamed or written to between the last look and the opening: the older one comes first.
                if (missed is not null)
                    continue;
                if (!isKnown)
                    _logger.FileReplaced(Name, _options.Path, position.Byte);
                position = FilePosition.Start;
            }
            _logger.FileOpened(Name, _options.Path, position.Byte, position.Line);
            position = await ReadFileAsync(intake, file, position, FileState.Current, cancel);
            if (_options.AtEnd == FileEnd.Stop)
                return;
            await WaitForFileAsync(cancel);
        }
    }

    /// <summary>Reads what was renamed since, oldest first; gives back the position at the end of the last of them.</summary>
    private async Task<FilePosition> ReadRotatedAsync(IIntake intake, FilePosition position, CancellationToken cancel)
    {
        while (true)
        {
            bool mayGrow;
            using (var current = RotatedFiles.Open(_options.Path))
            {
                if (position.IsIn(current.SafeFileHandle))
                    return position;
                mayGrow = MayGrow(current);
            }
            if (!_rotated.TryFind(position, mayGrow, out var next) || next is not { } rotated)
                return position;
            _logger.RotatedFileFound(Name, rotated.Path);
            using var old = RotatedFiles.Open(rotated.Path);
            position = await ReadFileAsync(intake, old, rotated.From, FileState.Current, cancel);
        }
    }

    /// <summary>Whoever rotates may make the new file before the writer has left the old one.</summary>
    private bool MayGrow(FileStream current) =>
        _options.AtEnd == FileEnd.Follow && RandomAccess.GetLength(current.SafeFileHandle) == 0;

    /// <summary>Reads one file to its end: for the last one, which may still grow, until it has been replaced or cut.</summary>
    private async Task<FilePosition> ReadFileAsync(
        IIntake intake, FileStream file, FilePosition position, FileState state, CancellationToken cancel)
    {
        file.Position = position.Byte;
        using var reader = new NdjsonReader(file, _options.Lines, position.InFile);
        var batch = new RecordBatch(_options.BatchRecordsMax, _options.BatchBytesMax);
        while (state != FileState.Cut)
        {
            while (await reader.ReadAsync(cancel))
            {
                batch.Add(reader.Current, PlaceOf(reader.Current));
                if (batch.IsFull)
                    position = await HandOverAsync(intake, batch, FilePosition.Of(file.SafeFileHandle, reader.Position), cancel);
            }
            if (state == FileState.Renamed || _options.AtEnd == FileEnd.Stop)
                break;
            if (batch.Records.Count > 0)
                position = await HandOverAsync(intake, batch, FilePosition.Of(file.SafeFileHandle, reader.Position), cancel);
            await _waitForGrowth(cancel);
            // A writer may still finish its line in a file that was renamed: such a file is read once more before it is left.
            state = StateOf(file, position);
        }
        if (reader.TryTakeRest())
            batch.Add(reader.Current, PlaceOf(reader.Current));
        var end = state == FileState.Cut ? FilePosition.Start : FilePosition.Of(file.SafeFileHandle, reader.Position);
        return await HandOverAsync(intake, batch, end, cancel);
    }

    private string PlaceOf(NdjsonLine line) => $"{Path.GetFileName(_options.Path)}:{line.Number}";

    /// <summary>Only what the intake has made durable moves the stored position.</summary>
    private async Task<FilePosition> HandOverAsync(
        IIntake intake, RecordBatch batch, FilePosition behind, CancellationToken cancel)
    {
        if (batch.Records.Count > 0)
            await intake.AcceptAsync(Name, batch.Records, cancel);
        behind.Save(_options.PositionPath);
        batch.Clear();
        return behind;
    }

    /// <summary>What became of the open file, told by its content and length, since names say nothing about it.</summary>
    private FileState StateOf(FileStream file, FilePosition position)
    {
        if (RandomAccess.GetLength(file.SafeFileHandle) < file.Position || !position.IsIn(file.SafeFileHandle))
            return FileState.Cut;
        if (!File.Exists(_options.Path))
            return FileState.Current;
        // The file may grow between the looks, so the same file has a length from the first to the last of them.
        var lengthBefore = RandomAccess.GetLength(file.SafeFileHandle);
        using var found = RotatedFiles.Open(_options.Path);
        var length = RandomAccess.GetLength(found.SafeFileHandle);
        if (MayGrow(found))
            return FileState.Current;
        var isSameLength = length >= lengthBefore && length <= RandomAccess.GetLength(file.SafeFileHandle);
        return isSameLength && position.IsIn(found.SafeFileHandle) ? FileState.Current : FileState.Renamed;
    }

    private enum FileState
    {
        Current,
        Renamed,
        Cut,
    }

    private async Task WaitForFileAsync(CancellationToken cancel)
    {
        while (!File.Exists(_options.Path) && _options.AtEnd == FileEnd.Follow)
            await _waitForGrowth(cancel);
    }
}
