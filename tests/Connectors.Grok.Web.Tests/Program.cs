using Connectors.Grok.Web.Tests.Load;
using Connectors.Grok.Web.Tests.Pictures;

// dotnet run -c Release --project tests/Connectors.Grok.Web.Tests -- load [VISITORS [SECONDS]]
// dotnet run -c Release --project tests/Connectors.Grok.Web.Tests -- images [MESSAGES [IMAGES]]
// dotnet run -c Release --project tests/Connectors.Grok.Web.Tests -- timings [TURNS]
// dotnet run -c Release --project tests/Connectors.Grok.Web.Tests -- paint [TURNS]
// dotnet run --project tests/Connectors.Grok.Web.Tests -- pictures [FOLDER]
return args switch
{
    ["load", .. var numbers] => await LoadCommand.RunAsync(numbers),
    ["images", .. var messages] => await ImagesCommand.RunAsync(messages),
    ["timings", .. var turns] => await TimingsCommand.RunAsync(turns),
    ["paint", .. var turns] => await PaintCommand.RunAsync(turns),
    ["pictures", .. var folder] => await PicturesCommand.RunAsync(folder),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
