namespace Connectors.Grok.Emulator.Tests;

/// <summary>The rooms of the emulator know each other in one direction only.</summary>
public sealed class RoomsTests
{
    /// <summary>Each room may use those after it.</summary>
    private static readonly string[] Rooms = ["Http", "Rules", "State", "Model", "Scripts", "Faults", "Wire"];

    [Fact]
    public void Arrows_point_one_way()
    {
        var source = Path.Combine(RepositoryRoot(), "src", "Connectors.Grok.Emulator");
        var wrong = new List<string>();
        var seen = 0;
        for (var room = 0; room < Rooms.Length; room++)
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(source, Rooms[room]), "*.cs"))
            {
                seen++;
                var text = File.ReadAllText(file);
                wrong.AddRange(Rooms.Take(room).Where(other => text.Contains($"Emulator.{other};", StringComparison.Ordinal)).Select(other => $"{file} -> {other}"));
            }
        }

        Assert.Empty(wrong);
        Assert.True(seen > 20);
    }

    [Fact]
    public void The_emulator_shares_nothing_with_the_connector() =>
        Assert.DoesNotContain(typeof(GrokEmulator).Assembly.GetReferencedAssemblies(), assembly => assembly.Name == "Connectors.Grok");

    internal static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Connectors.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run from within the repository.");
    }
}
