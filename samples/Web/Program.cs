using Web;

return await ChatApp.RunAsync(args, Console.Error);
