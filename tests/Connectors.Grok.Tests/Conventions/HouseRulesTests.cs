using System.Runtime.CompilerServices;

namespace Connectors.Grok.Tests.Conventions;

/// <summary>The rooms of the core and who may know whom.</summary>
public class HouseRulesTests
{
    /// <summary>Each room, and the namespaces it may use beside the platform's own.</summary>
    public static TheoryData<string, string[]> Rooms => new()
    {
        { "Responses", [] },
        { "Serialization", ["Connectors.Grok.Responses"] },
        { "Http", ["Connectors.Grok.Responses", "Connectors.Grok.Serialization", "Polly"] },
        { "Mapping", ["Connectors.Grok.Responses", "Connectors.Grok.Serialization", "Microsoft.Extensions.AI"] },
        { "Conversations", ["Connectors.Grok", "Microsoft.Extensions.AI", "Microsoft.Extensions.Logging"] },
        { "DependencyInjection", ["Connectors.Grok", "Microsoft.Extensions"] },
    };

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Arrows_point_one_way(string room, string[] known)
    {
        var files = Directory.GetFiles(Path.Combine(Root(), "src/Connectors.Grok", room), "*.cs");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var strangers = File.ReadLines(file).Where(static l => l.StartsWith("using ", StringComparison.Ordinal)).Select(static l => l[6..].TrimEnd(';'))
                .Where(u => !u.StartsWith("System", StringComparison.Ordinal) && !known.Any(k => u == k || u.StartsWith(k + ".", StringComparison.Ordinal)));
            Assert.True(!strangers.Any(), $"{Path.GetFileName(file)} in {room} knows {string.Join(", ", strangers)}");
        }
    }

    [Fact]
    public void Every_room_is_listed()
    {
        var rooms = Directory.GetDirectories(Path.Combine(Root(), "src/Connectors.Grok")).Select(Path.GetFileName).Where(static d => d is not ("bin" or "obj"));
        Assert.Equal(Rooms.Select(static r => r.Data.Item1).Order(), rooms.Order());
    }

    [Fact]
    public void Files_stay_readable()
    {
        var long300 = Directory.GetFiles(Path.Combine(Root(), "src"), "*.cs", SearchOption.AllDirectories)
            .Where(static f => !f.Contains("/obj/", StringComparison.Ordinal) && File.ReadLines(f).Count() > 300);
        Assert.Empty(long300);
    }

    [Fact]
    public void Nothing_is_muted_in_the_code() =>
        Assert.DoesNotContain(
            Directory.GetFiles(Path.Combine(Root(), "src"), "*.cs", SearchOption.AllDirectories),
            static f => !f.Contains("/obj/", StringComparison.Ordinal) && File.ReadAllText(f).Contains("#pragma", StringComparison.Ordinal));

    internal static string Root([CallerFilePath] string file = "")
    {
        // A deterministic build hides the path of the source; then the tests run from the repository.
        var directory = new DirectoryInfo(File.Exists(file) ? Path.GetDirectoryName(file)! : AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Connectors.sln")))
        {
            directory = directory.Parent!;
        }

        return directory.FullName;
    }
}
