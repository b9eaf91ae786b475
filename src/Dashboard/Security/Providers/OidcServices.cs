using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Dashboard.Security.Providers;

/// <summary>What the handler needs besides what the framework gives it.</summary>
internal sealed class OidcServices(WebSettings settings, ProviderDirectory directory, ProviderMembers members, TimeProvider time)
{
    public WebSettings Settings => settings;

    public ProviderDirectory Directory => directory;

    public ProviderMembers Members => members;

    public TimeProvider Time => time;

    /// <summary>Read when it is needed, so that it can be changed without a restart; null for a public client.</summary>
    public string? ClientSecret => settings.Provider is { ClientSecretFile.Length: > 0 } provider
        ? File.ReadAllText(provider.ClientSecretFile).Trim() : null;
}
