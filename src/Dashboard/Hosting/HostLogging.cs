namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Logs go to standard error, so that standard output stays what a command promises.</summary>
internal static class HostLogging
{
    public static void Configure(ILoggingBuilder logging, LogLevel least = LogLevel.Information)
    {
        logging.ClearProviders();
        logging.AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss'Z' ";
        });
        logging.SetMinimumLevel(least);
        // Request logs hold addresses with their queries, and the setup link's secret is one.
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        // Who is refused is in the answers; a line for each would drown everything else.
        logging.AddFilter(typeof(Security.ApiTokenHandler).FullName, LogLevel.Warning);
        // Keys are protected by the folder's permissions; the warning about it at every start helps nobody.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
    }
}
