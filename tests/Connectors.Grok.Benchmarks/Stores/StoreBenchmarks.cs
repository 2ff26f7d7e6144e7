using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.Conversations;

namespace Connectors.Grok.Benchmarks.Stores;

/// <summary>The work that is measured with a store, and its floors.</summary>
/// <param name="medium">The medium of the store.</param>
/// <param name="share">The share of the full sizes, for a test that the bodies work: 1 for all.</param>
internal sealed class StoreBenchmarks(StoreMedium medium, double share = 1)
{
    private const int AppendsPerRound = 8;
    private const int Page = 50;

    // Longer than a batch may take, and shorter than a user notices.
    private const double LongestWait = 500;

    private static readonly byte[] Content = Payloads.Noise(1024);
    private static readonly byte[] AppendedContent = Payloads.Noise(4096);

    private readonly int _rounds = share < 1 ? 2 : 40;
    private readonly int _warmUps = share < 1 ? 1 : 10;
    private readonly int _repetitions = share < 1 ? 1 : 3;

    private int Deep => Scaled(10_000);

    public async Task<IReadOnlyList<StoreRow>> RunAsync(Action<StoreRow> report)
    {
        List<StoreRow> all = [];
        List<Func<Task<IReadOnlyList<StoreRow>>>> works = [ImportAsync, AppendAsync, PathAsync];
        if (medium is TableMedium tables)
        {
            works.AddRange([() => ListAndPurgeAsync(tables), () => TemplateAsync(tables)]);
        }

        foreach (var work in works)
        {
            foreach (var row in await work())
            {
                all.Add(row);
                report(row);
            }
        }

        return all;
    }

    private async Task<IReadOnlyList<StoreRow>> ImportAsync()
    {
        var store = medium.Open("lines");
        await store.InitializeAsync();
        var (floor, value) = (new List<double>(), new List<double>());
        for (var i = 0; i < _repetitions; i++)
        {
            var turns = StoreMedium.Line($"import-{i}/", Deep, Content);
            floor.Add(turns.Count / await Timing.MillisecondsAsync(() => medium.InsertAllAsync(turns)) * 1000);
            value.Add(turns.Count / await Timing.MillisecondsAsync(async () => Ensure(await store.ImportAsync(Id($"import-{i}"), turns, turns[^1].Id))) * 1000);
        }

        await CloseAsync(store);
        return [new(medium.Name, $"import of {Deep:N0} turns of 1 kB", "turns/s", Sampler.Median(floor), Sampler.Median(value), Budget(3)) { IsRate = true, Enough = 2_000 }];
    }

    private async Task<IReadOnlyList<StoreRow>> AppendAsync()
    {
        var store = medium.Open("lines");
        for (var round = 0; round < _rounds + _warmUps; round++)
        {
            var turns = StoreMedium.Line($"short-{round}/", 10, Content);
            Ensure(await store.ImportAsync(Id($"short-{round}"), turns, turns[^1].Id));
        }

        await medium.SettleAsync("lines");
        var deep = 0;
        var (medians, toFloor, toShort) = await Timing.RoundsAsync(
            _warmUps,
            _rounds,
            async _ =>
            {
                for (var i = 0; i < AppendsPerRound; i++)
                {
                    await medium.InsertAsync(AppendedContent);
                }
            },
            async round =>
            {
                for (var i = 0; i < AppendsPerRound; i++)
                {
                    await AppendAsync(store, $"short-{round}", 10 + i);
                }
            },
            async _ =>
            {
                for (var i = 0; i < AppendsPerRound; i++)
                {
                    await AppendAsync(store, "import-0", Deep + deep++);
                }
            });
        await CloseAsync(store);
        double[] each = [.. medians.Select(static m => m / AppendsPerRound)];
        return
        [
            new(medium.Name, "append of 4 kB at depth 10", "ms", each[0], each[1], Budget(3)) { ToFloor = toFloor[1] },
            new(medium.Name, $"append of 4 kB at depth {Deep:N0}; floor: at depth 10", "ms", each[1], each[2], Budget(1.2)) { ToFloor = toShort[2] },
        ];
    }

    private static async Task AppendAsync(ConversationStore store, string name, int depth)
    {
        var turn = StoreMedium.Turn($"{name}/{depth}", $"{name}/{depth - 1}", depth, AppendedContent);
        Ensure(await store.AppendAsync(Id(name), turn, turn.ParentId));
    }

    private async Task<IReadOnlyList<StoreRow>> PathAsync()
    {
        var count = Scaled(1_000);
        var turns = StoreMedium.Line("path/", count, Content);
        var store = medium.Open("lines");
        Ensure(await store.ImportAsync(Id("path"), turns, turns[^1].Id));
        await medium.InsertAllAsync(turns);
        await medium.SettleAsync("lines");
        var (medians, toFloor, _) = await Timing.RoundsAsync(
            _warmUps,
            _rounds,
            async _ => Ensure(await medium.ReadAllAsync() > count * Content.Length),
            async _ => Ensure((await store.GetPathAsync(StoreMedium.Tenant, turns[^1].Id)).Count == count));
        await CloseAsync(store);
        return [new(medium.Name, $"path of {count:N0} turns of 1 kB", "ms", medians[0], medians[1], null) { ToFloor = toFloor[1] }];
    }

    private async Task<IReadOnlyList<StoreRow>> ListAndPurgeAsync(TableMedium tables)
    {
        var (many, few, purged) = (Scaled(1_000_000), 1_000, Scaled(200_000));
        var (large, small) = (tables.Open("many"), tables.Open("few"));
        await large.InitializeAsync();
        await small.InitializeAsync();
        await tables.AddNamesAsync("many", many, 2 * purged, few);
        await tables.AddNamesAsync("few", few, 0, few);
        await tables.SettleAsync("many");
        await tables.SettleAsync("few");
        var (medians, toFloor, toFew) = await Timing.RoundsAsync(
            5 * _warmUps,
            5 * _rounds,
            async _ => Ensure(await tables.ReadPageAsync("many", Page) == Page),
            async _ => Ensure((await small.ListAsync(new() { Tenant = StoreMedium.Tenant, PageSize = Page })).Count == Page),
            async _ => Ensure((await large.ListAsync(new() { Tenant = StoreMedium.Tenant, PageSize = Page })).Count == Page));
        List<StoreRow> rows =
        [
            new(tables.Name, $"first page of 50 out of {many:N0}", "ms", medians[0], medians[2], 5) { ToFloor = toFloor[2] },
            new(tables.Name, $"first page of 50 out of {many:N0}; floor: out of 1,000", "ms", medians[1], medians[2], 1.5) { ToFloor = toFew[2] },
        ];

        // The floor deletes those after the ones that are purged: as many of the same size, in the same tables.
        var (end, next) = (StoreMedium.Begin.AddMilliseconds(purged + 1), StoreMedium.Begin.AddMilliseconds((2 * purged) + 1));
        var floor = await Timing.MillisecondsAsync(async () => Ensure(await tables.DeleteAsync("many", end, next) == purged));
        await tables.SettleAsync("many");
        await using var other = OtherWriter.Start(tables.Open("many"), "other");
        var value = await Timing.MillisecondsAsync(async () => Ensure(await large.PurgeAsync(end) == purged));
        rows.Add(new(tables.Name, $"purge of {purged:N0} out of {many:N0}, a turn each", "s", floor / 1000, value / 1000, 3));
        rows.Add(new(tables.Name, "longest append of another node meanwhile", "ms", null, await other.LongestAsync(), LongestWait));
        await CloseAsync(large);
        await CloseAsync(small);
        return rows;
    }

    private async Task<IReadOnlyList<StoreRow>> TemplateAsync(TableMedium tables)
    {
        const int Turns = 40;
        var forks = Scaled(30_000);
        var store = tables.Open("templates");
        await store.InitializeAsync();
        for (var i = 0; i < _repetitions; i++)
        {
            await tables.AddTemplateAsync("templates", $"template-{i}", Turns, forks);
            await tables.AddTemplateAsync("templates", $"bare-{i}", Turns, 0);
            await tables.AddTemplateAsync("templates", $"warm-{i}", Turns, 0);
        }

        await tables.SettleAsync("templates");
        await using var other = OtherWriter.Start(tables.Open("templates"), "other");
        var (floor, value, heirs) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < _repetitions; i++)
        {
            Ensure((await store.DeleteAsync(Id($"warm-{i}"))).Count == Turns);
            floor.Add(await Timing.MillisecondsAsync(async () => Ensure(await tables.DeleteAsync("templates", $"bare-{i}") == Turns)));
            value.Add(await Timing.MillisecondsAsync(async () => Ensure((await store.DeleteAsync(Id($"template-{i}"))).Count == 0)));
            if (await tables.OwnerAsync("templates", $"template-{i}/{Turns - 1}") is { } heir)
            {
                heirs.Add(await Timing.MillisecondsAsync(async () => Ensure((await store.DeleteAsync(Id(heir))).Count <= 1)));
            }
        }

        await CloseAsync(store);
        var longest = await other.LongestAsync();
        var ratio = Sampler.Median(value.Zip(floor, static (v, f) => v / f));
        return
        [
            new(tables.Name, $"delete of a template with {Turns} turns and {forks:N0} forks", "ms", Sampler.Median(floor), Sampler.Median(value), 3) { ToFloor = ratio },
            .. heirs.Count == 0 ? Array.Empty<StoreRow>() : [new StoreRow(tables.Name, "delete of the conversation that owns its turns then", "ms", Sampler.Median(floor), Sampler.Median(heirs), 3)],
            new(tables.Name, "longest append of another node meanwhile", "ms", null, longest, LongestWait),
        ];
    }

    // Redis promises less, so that a floor of single commands is no fair measure of it.
    private double? Budget(double limit) => medium is TableMedium ? limit : null;

    private int Scaled(int full) => (int)(full * share);

    private static ConversationId Id(string name) => new(StoreMedium.Tenant, name);

    private static void Ensure(bool isDone)
    {
        if (!isDone)
        {
            throw new InvalidOperationException("The measured work did not do what it should.");
        }
    }

    private static ValueTask CloseAsync(ConversationStore store) => ((IAsyncDisposable)store).DisposeAsync();
}
