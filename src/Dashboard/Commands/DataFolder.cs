namespace SentinelHealth.Dashboard.Commands;

/// <summary>The folder of everything the program keeps.</summary>
internal static class DataFolder
{
    /// <summary>The folder's full path, created for its owner alone when missing.</summary>
    public static string OpenOrCreate(string path)
    {
        try
        {
            var folder = OperatingSystem.IsWindows()
                ? Directory.CreateDirectory(path)
                : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return folder.FullName;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{path}: {fault.Message}");
        }
    }
}
