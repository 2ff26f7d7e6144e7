namespace Connectors.Grok.Tests.Conventions;

/// <summary>Nothing that a caller sets is dropped in silence.</summary>
public class MemberTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_settable_member_of_the_abstractions_is_mapped_logged_refused_or_known_to_be_local()
    {
        var members = await MemberProbes.RunAsync();
        foreach (var outcome in members.GroupBy(static m => m.Outcome).OrderBy(static g => g.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"{outcome.Key} {outcome.Count()}: {string.Join(", ", outcome.Select(static m => $"{m.Type}.{m.Name}"))}");
        }

        output.WriteLine($"silent {members.Count(static m => m.Outcome == "silent")}");
        Assert.DoesNotContain(members, static m => m.Outcome == "silent");
        Assert.True(members.Count(static m => m.Outcome == "mapped") > 40);
        Assert.True(members.Count(static m => m.Outcome == "logged") > 10);
        Assert.True(members.Count(static m => m.Outcome == "refused") > 5);
    }
}
