using SentinelHealth.Dashboard.Commands;

return await SentinelCommandLine.RunAsync(args, CommandSurroundings.OfProcess());
