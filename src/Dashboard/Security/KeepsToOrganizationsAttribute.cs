namespace SentinelHealth.Dashboard.Security;

/// <summary>
/// A route or page that shows somebody who is limited to organizations nothing of others. Routes without it are closed to them: what nobody has thought about
/// must not show what it should not.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class KeepsToOrganizationsAttribute : Attribute;
