using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;

namespace SentinelHealth.Ingest.Sources;

/// <summary>Tails a file of native events, one a line.</summary>
/// <remarks>
/// The position is stored after the intake has made a batch durable: a crash in between repeats that batch, and deduplication
/// removes it. An unfinished last line waits. When the file is renamed and replaced, the old one is read to its end first, also if
/// that happened while nobody was reading, as long as it stands beside the new one as <c>name.*</c> uncompressed. When it is cut,
/// reading starts again at its beginning. Faults of the disk or the intake end <see cref="RunAsync"/>; it may be run again.
/// </remarks>
public sealed class FileSource : ISource
{
    /// <summary>Rotated files looked at, newest first.</summary>
    private const int RotatedFilesMax = 100;

    private readonly FileSourceOptions _options;
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
        if (FindRotated(position) is { } rotated)
        {
            _logger.RotatedFileFound(Name, rotated);
            using var old = Open(rotated);
            await ReadFileAsync(intake, old, position, FileState.Renamed, cancel);
            position = FilePosition.Start;
        }
        while (true)
        {
            using var file = Open(_options.Path);
            if (!position.IsIn(file.SafeFileHandle))
            {
                _logger.FileReplaced(Name, _options.Path, position.Byte);
                position = FilePosition.Start;
            }
            _logger.FileOpened(Name, _options.Path, position.Byte, position.Line);
            await ReadFileAsync(intake, file, position, FileState.Current, cancel);
            if (_options.AtEnd == FileEnd.Stop)
                return;
            position = FilePosition.Start;
            await WaitForFileAsync(cancel);
        }
    }

    /// <summary>Reads one file to its end: for the last one, which may still grow, until it has been replaced or cut.</summary>
    private async Task ReadFileAsync(
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
        await HandOverAsync(intake, batch, end, cancel);
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
        using var found = Open(_options.Path);
        var length = RandomAccess.GetLength(found.SafeFileHandle);
        var isSameLength = length >= lengthBefore && length <= RandomAccess.GetLength(file.SafeFileHandle);
        return isSameLength && position.IsIn(found.SafeFileHandle) ? FileState.Current : FileState.Renamed;
    }

    private enum FileState
    {
        Current,
        Renamed,
        Cut,
    }

    private string? FindRotated(FilePosition position)
    {
        using (var current = Open(_options.Path))
            if (position.Byte == 0 || position.IsIn(current.SafeFileHandle))
                return null;
        var folder = Path.GetDirectoryName(Path.GetFullPath(_options.Path))!;
        var candidates = new DirectoryInfo(folder).EnumerateFiles(Path.GetFileName(_options.Path) + ".*")
            .OrderByDescending(file => file.LastWriteTimeUtc).Take(RotatedFilesMax);
        foreach (var candidate in candidates)
        {
            using var file = Open(candidate.FullName);
            if (position.IsIn(file.SafeFileHandle))
                return candidate.FullName;
        }
        return null;
    }

    private async Task WaitForFileAsync(CancellationToken cancel)
    {
        while (!File.Exists(_options.Path) && _options.AtEnd == FileEnd.Follow)
            await _waitForGrowth(cancel);
    }

    /// <summary>Others may go on writing, renaming and deleting it. Buffered by the line reader, not here.</summary>
    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
