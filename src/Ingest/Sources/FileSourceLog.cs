using Microsoft.Extensions.Logging;

namespace SentinelHealth.Ingest.Sources;

internal static partial class FileSourceLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Source {Source} reads {Path} from byte {Byte}, line {Line}.")]
    public static partial void FileOpened(this ILogger logger, string source, string path, long @byte, long line);

    [LoggerMessage(Level = LogLevel.Information, Message = "Source {Source} finishes the rotated file {Path} first.")]
    public static partial void RotatedFileFound(this ILogger logger, string source, string path);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Source {Source}: {Path} was replaced or cut, and no rotated copy holds what was read up to byte {Byte}. "
            + "Events written after it may be missing.")]
    public static partial void FileReplaced(this ILogger logger, string source, string path, long @byte);
}
