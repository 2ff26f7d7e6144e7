using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Connectors.Grok.Benchmarks.Check;
using Connectors.Grok.Benchmarks.Stores;

// --stores [NAME...] [--small]: the stores against their floors.
// --check [--allocations-only] [--only WORD] [--plot FILE] [--history FILE]: the fast measurement against the budgets. Other arguments are passed to BenchmarkDotNet.
switch (args)
{
    case ["@@", ..]:
        // Started by the test host.
        return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    case [Launch.Switch, Launch.Brief, var work]:
        return await Launch.RunAsync(work, isBrief: true);
    case [Launch.Switch, var work]:
        return await Launch.RunAsync(work);
    case [StoresCommand.Switch, .. var more]:
        return await StoresCommand.RunAsync(more);
    case ["--check", .. var more]:
        return await CheckRun.RunAsync(more);
    default:
        // Runs the benchmarks in this process. By default, BenchmarkDotNet generates projects, which do not comply with the build settings of this repository.
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
            .Run(args, ManualConfig.Create(DefaultConfig.Instance).AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance)));
        return 0;
}
