using SentinelHealth.Dashboard.Access;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Hosting;

/// <content>What the web host is shown, and which jobs run in it, by the roles of the process.</content>
internal sealed partial class MonitorParts
{
    /// <summary>Shows the parts to the web host, which does not own them.</summary>
    public void Register(IServiceCollection services)
    {
        services.AddSingleton(Log);
        services.AddSingleton<IDeadLetters>(DeadLetters);
        services.AddSingleton<IIntake>(Intake);
        services.AddSingleton<ICaseReader>(Store);
        services.AddSingleton(Audits);
        services.AddSingleton(Reads);
        services.AddSingleton(Dossiers);
        services.AddSingleton(Compliance);
        services.AddSingleton(Reports);
        services.AddSingleton(Acts);
        services.AddSingleton(Leadership);
        services.AddSingleton<IResponder>(Responder);
        services.AddSingleton(Tasks);
        services.AddSingleton(Playbooks);
        services.AddSingleton(Backtests);
        services.AddSingleton(Triage);
        services.AddSingleton(Tuning);
        services.AddSingleton(Hunts);
        services.AddSingleton<INoticeStore>(Store);
        services.AddSingleton<IPolicyStore>(Store);
        services.AddSingleton<IMonitorStatus>(Status);
        services.AddSingleton<ILedger>(Plan.Ledger);
        services.AddSingleton(this);
        if (Feed is { } feed)
            services.AddSingleton(feed);
        if (Plan.Rules is { } shelf)
        {
            services.AddSingleton(shelf);
            services.AddHostedService<RuleWatchJob>();
        }
        if (Plan.Storage.IsShared)
            services.AddHostedService<RelayJob>();
        if (Erasures is not null)
            services.AddHostedService(provider =>
                new FilesJob(this, Plan.Retention, provider.GetRequiredService<ILogger<FilesJob>>()));
        if (Plan.Roles.Has(ProcessRoles.Detect))
            services.AddAccess(Access, Plan.Access, Plan.Clock);
        if (Observer is { } observer)
        {
            services.AddSingleton(observer);
            services.AddHostedService<ObserverJob>();
        }
        if (Observer is not null || Plan.SharedLog is null)
            services.AddHostedService(provider =>
                new ArchiveJob(Archive, Plan.Clock, provider.GetRequiredService<ILogger<ArchiveJob>>()));
        if (Plan.Roles.Has(ProcessRoles.Respond))
            RegisterLed(services, Evidence!);
    }

    /// <summary>What only one of the processes with the role runs.</summary>
    private void RegisterLed(IServiceCollection services, EvidenceParts evidence)
    {
        services.AddLedJob<ClockJob>();
        services.AddLedJob<TriageWorkJob>();
        services.AddLedJob<EvidenceJob>();
        if (evidence.Shared is not null)
            services.AddHostedService(provider => new CustodyJob(
                evidence, TimeProvider.System, provider.GetRequiredService<ILogger<CustodyJob>>()));
        services.AddLedJob<SilenceJob>();
        services.AddSingleton(new NoticeDispatcher(
            Store, Plan.Channels, Plan.Clock, Plan.Logs.CreateLogger<NoticeDispatcher>()));
        services.AddLedJob<NoticeJob>();
        services.AddSingleton(_ => new SubjectErasure(
            new ErasureReach(evidence, Compliance.Store, Plan.DataFolder, Plan.Clock)
            {
                Ends = Erasures is null ? null : LogEndsAsync,
                Forget = Erased.Add,
            }));
        services.AddLedJob(provider =>
            new RetentionJob(this, Plan.Retention, provider.GetRequiredService<ILogger<RetentionJob>>()));
        services.AddHostedService(provider => new TransportJob(
            Observed, Plan.Connections, TimeProvider.System, provider.GetRequiredService<ILogger<TransportJob>>()));
        if (Plan.Peers.Count > 0)
            services.AddLedJob(provider => new PeerJob(this, Plan.Peers, provider.GetRequiredService<ILogger<PeerJob>>()));
        if (Plan.Allowlists is { } allowlists)
        {
            services.AddSingleton(allowlists);
            services.AddLedJob<AllowlistJob>();
        }
        if (Feed is not null)
        {
            services.AddLedJob<SearchEventsJob>();
            services.AddLedJob<SearchAlertsJob>();
        }
    }
}
