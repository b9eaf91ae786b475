using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Commands;

/// <summary>Files of commands: <c>-</c> is a standard stream, and what cannot be opened is wrong usage, named in one line.</summary>
internal sealed class CommandFiles(CommandSurroundings surroundings)
{
    private const int BufferBytes = 256 * 1024;

    public Stream OpenInput(string path) => Guard(path, () => path == "-"
        ? surroundings.OpenInput()
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, BufferBytes, FileOptions.SequentialScan));

    /// <summary>A file to write from its beginning; null stays null.</summary>
    public Stream? OpenOutput(string? path) => path is null ? null : Guard(path, () => path == "-"
        ? surroundings.OpenOutput()
        : new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, BufferBytes));

    /// <summary>Writes a file whole or not at all.</summary>
    public static void Replace(string path, Action<Stream> write) => Guard(path, () =>
    {
        WholeFile.Replace(path, write);
        return true;
    });

    private static T Guard<T>(string path, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (Exception fault) when (
            fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"{path}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }
}
