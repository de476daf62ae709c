-- A list may choose the name that a customer is shown by: importing it asks the vendors for it, as a form does.
grant insert on customer_rename to belvedere_worker;
