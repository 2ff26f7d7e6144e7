namespace Connectors.Grok.Architecture.Tests;

/// <summary>
/// Checks with the symbols of the compiler that each room uses only rooms listed before it. A room is a folder. <c>using</c> directives
/// do not count: C# makes a parent namespace visible without one.
/// </summary>
public class RoomsTests(RoomsTests.Compiled compiled) : IClassFixture<RoomsTests.Compiled>
{
    public static TheoryData<string> Projects => [.. House.All.Select(static h => h.Folder)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Sources_of_every_project_compile_without_unresolved_names(string project) => Assert.Empty(compiled[project].Errors);

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_type_lives_in_one_room(string project) => Assert.Empty(compiled[project].DividedTypes());

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_file_is_in_a_listed_room(string project)
    {
        var house = House.All.Single(h => h.Folder == project);
        Assert.Equal(house.Order.Order(StringComparer.Ordinal), compiled[project].Rooms);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Rooms_use_only_rooms_listed_before_them(string project)
    {
        var house = House.All.Single(h => h.Folder == project);
        var wrong = PointingUp(house, compiled[project].Arrows());
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>An arrow from the lowest room to the highest, with no using directive: only the parent namespace makes the name visible.</summary>
    [Theory]
    [MemberData(nameof(Projects))]
    public void Upward_use_through_the_parent_namespace_is_found(string project)
    {
        var house = House.All.Single(h => h.Folder == project);
        var (low, high) = (house.Order[0], house.Order[^1]);
        const string Upper = "namespace Connectors.Grok { internal static class UpstairsProbe { internal static int Count => 1; } }";
        const string Lower = "namespace Connectors.Grok.Downstairs { internal static class DownstairsProbe { internal static int Count => UpstairsProbe.Count; } }";
        var (user, declaration) = (Path.Combine(low, "DownstairsProbe.cs"), Path.Combine(high, "UpstairsProbe.cs"));
        var wrong = Assert.Single(PointingUp(house, compiled[project].With((user, Lower), (declaration, Upper)).ArrowsFrom(user)));
        Assert.Equal($"{user}:1 uses Connectors.Grok.UpstairsProbe, declared at {declaration}:1: room '{low}' must not know room '{high}'", wrong);
    }

    [Theory]
    [InlineData("Responses")]
    [InlineData("Serialization")]
    [InlineData("Foundation")]
    [InlineData("Transport/Http")]
    public void Rooms_below_the_mapping_do_not_use_Microsoft_Extensions_AI(string room)
    {
        Assert.Contains(room, compiled["src/Connectors.Grok"].Rooms);
        Assert.Empty(compiled["src/Connectors.Grok"].UsesOf(room, "Microsoft.Extensions.AI"));
    }

    private static List<string> PointingUp(House house, IEnumerable<Arrow> arrows)
    {
        var order = house.Order.Select(static (room, index) => (room, index)).ToDictionary(static r => r.room, static r => r.index, StringComparer.Ordinal);
        return
        [
            .. arrows
                .Where(a => !order.TryGetValue(a.From, out var from) || !order.TryGetValue(a.To, out var to) || to > from)
                .Select(static a => $"{a.User} uses {a.Symbol}, declared at {a.Declaration}: room '{a.From}' must not know room '{a.To}'")
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Each project, compiled once for all tests.</summary>
    public sealed class Compiled
    {
        private readonly Dictionary<string, Lazy<SourceRooms>> _rooms =
            House.All.ToDictionary(static h => h.Folder, static h => new Lazy<SourceRooms>(() => SourceRooms.Load(h.Path, h.IsWeb)), StringComparer.Ordinal);

        public SourceRooms this[string project] => _rooms[project].Value;
    }
}
